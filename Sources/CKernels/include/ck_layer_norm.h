#pragma once
// Layer normalisation with the additions that precede it in a transformer block.
#include <stddef.h>

/// For each row: x += bias (where `bias` is not NULL; x is written back), then
/// y = (x - mean) / sqrt(variance + epsilon) * gamma + beta.
/// x: (rows, columns) with `x_stride`; y: (rows, columns) with `y_stride`; y may be x.
void ck_bias_layer_norm(float *x, ptrdiff_t x_stride, const float *bias, const float *gamma, const float *beta,
                        float epsilon, float *y, ptrdiff_t y_stride, ptrdiff_t rows, ptrdiff_t columns);
