#pragma once
// Passes over rows of activations: bias, GELU, ReLU, sigmoid blend, softmax, conversion of half precision weights.
#include <stddef.h>
#include <stdint.h>

/// x += bias, row by row. x: (rows, columns), `stride` floats from row to row.
void ck_add_bias(float *x, ptrdiff_t stride, const float *bias, ptrdiff_t rows, ptrdiff_t columns);

/// x = gelu(x + bias), the exact GELU: x/2 * (1 + erf(x / sqrt 2)). `bias` may be NULL.
void ck_bias_gelu(float *x, ptrdiff_t stride, const float *bias, ptrdiff_t rows, ptrdiff_t columns);

/// x = max(0, x + bias). `bias` may be NULL.
void ck_bias_relu(float *x, ptrdiff_t stride, const float *bias, ptrdiff_t rows, ptrdiff_t columns);

/// x = x * factor + residual for `count` values; `factor` 1 makes it an addition.
void ck_scale_add(float *x, float factor, const float *residual, ptrdiff_t count);

/// Attentional feature fusion of whole and parts: w = sigmoid(local_score + global_score),
/// whole = 2 w * whole + 2 (1 - w) * parts. whole, parts, local_score: (rows, columns) dense; global_score: (columns).
void ck_attentional_fusion(float *whole, const float *parts, const float *local_score, const float *global_score,
                           ptrdiff_t rows, ptrdiff_t columns);

/// The mean of each column, summed in double precision. means: (columns).
void ck_column_means(const float *x, ptrdiff_t stride, ptrdiff_t rows, ptrdiff_t columns, float *means);

/// Softmax of each row in place.
void ck_softmax_rows(float *x, ptrdiff_t stride, ptrdiff_t rows, ptrdiff_t columns);

/// IEEE half precision to float32, exact, denormals, infinities and NaN included.
void ck_float_from_half(float *out, const uint16_t *in, ptrdiff_t count);

/// bfloat16 to float32, exact.
void ck_float_from_bfloat(float *out, const uint16_t *in, ptrdiff_t count);
