#pragma once
// The matrix product of the text tower: few rows against a weight that is read once, where it lies, and never packed.
#include <stddef.h>

#include "ck_panel_product.h"

/// One product: out = then(x * weight^T + bias), or then(out + x * weight^T + bias) where `accumulate` is not 0.
typedef struct {
    const float *packed;   ///< x (rows, depth), packed by ck_pack_few_rows.
    const float *weight;   ///< (outputs, depth), dense.
    float *out;            ///< (rows, outputs); must not overlap the others.
    ptrdiff_t out_stride;  ///< Floats from row to row of out.
    ptrdiff_t rows, outputs, depth;
    const float *bias;     ///< (outputs), or NULL.
    int accumulate;
    ck_then then;
} ck_few_rows_call;

/// Floats of packed rows.
ptrdiff_t ck_few_rows_floats(ptrdiff_t rows, ptrdiff_t depth);

/// Packs x (rows, depth) with the rows side by side, so that a vector holds one input of several rows.
void ck_pack_few_rows(const float *x, ptrdiff_t x_stride, ptrdiff_t rows, ptrdiff_t depth, float *packed);

/// Computes the product. Every value is summed in the order of the depth, so a row gives the same bits whatever other rows
/// are beside it.
void ck_few_rows_product(const ck_few_rows_call *call);
