#pragma once
// A matrix product for few rows that reads the weights once and packs nothing.
#include <stddef.h>

/// out = x * weight^T, or out += where `accumulate` is not 0. x: (rows, depth); weight: (outputs, depth), dense;
/// out: (rows, outputs). Every value is one dot product summed in an order that depends on `depth` alone, so a row gives
/// the same bits whatever other rows are beside it.
void ck_dot_product(const float *x, ptrdiff_t x_stride, const float *weight, float *out, ptrdiff_t out_stride,
                    ptrdiff_t rows, ptrdiff_t outputs, ptrdiff_t depth, int accumulate);
