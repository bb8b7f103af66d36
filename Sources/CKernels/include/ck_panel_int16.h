#pragma once
// The blocked product with weights and activations as integers of sixteen bits, summed as integers: exact sums of rounded
// factors. A word, the size of a float, holds two integers that follow each other along the depth, so that the layout and
// the blocks are those of ck_panel_product.h at half the depth.
//
// What an integer is worth is chosen for every output of the weight, and for every group of 96 values of a row of x: the least
// with which no sum of a group can leave 32 bits, whatever the values (by the inequality of Cauchy and Schwarz).
#include "ck_panel_product.h"

/// Whether it is faster than float32 on the active path: with AVX-512, where there is VNNI; with AVX2, where two integer
/// vectors are multiplied a cycle as two float ones are (Intel since Skylake, AMD since Zen 3). ck_panel_product_int16
/// computes the same elsewhere, slowly.
int ck_has_int16(void);

/// Rounds the weights of one output, `depth` of them, to ck_panel_words(depth) words, and returns what an integer of theirs
/// is worth; NaN where they are not all finite.
float ck_int16_round_output(const float *weight, ptrdiff_t depth, float *words);

/// As ck_panel_product, over `panels` that ck_pack_panels made of words, with ck_panel_words(depth) for its depth. x is
/// float32, of at most 1e33, and rounded on the way; a group of it that is not all finite makes its row NaN. `scales` is
/// what an integer of each output is worth, (outputs, rounded up to whole panels). Every value depends on its row and its
/// output alone.
void ck_panel_product_int16(const ck_panel_product_call *call, const float *scales);
