#pragma once
// The blocked product with weights and activations of sixteen bits (bfloat16), summed in float32. A word, the size of a
// float, holds two values that follow each other along the depth, so that the layout and the blocks are those of
// ck_panel_product.h at half the depth.
#include "ck_panel_product.h"

/// Whether the active path has instructions for it. ck_panel_product_bf16 computes the same without them, slowly.
int ck_has_bf16(void);

/// Rounds `count` values to nearest even and packs them into ck_panel_words(count) words. Denormals become zero, as in the
/// machine's instruction; NaN stays NaN.
void ck_bf16_pack(const float *x, ptrdiff_t count, float *words);

/// As ck_panel_product, over `panels` that ck_pack_panels made of words, with ck_panel_words(depth) for its depth. x is
/// float32 and rounded on the way. Every value is summed in an order that depends on `depth` alone.
void ck_panel_product_bf16(const ck_panel_product_call *call);
