// Layer normalisation: mean, then the variance about it (two passes over a row that is in L1), then the scaled row.
#include "ck_layer_norm.h"

#include <math.h>

#include "ck_simd.h"

static void layer_norm_scalar(float *x, const float *bias, const float *gamma, const float *beta, float epsilon,
                              float *y, ptrdiff_t columns) {
    float sum = 0, squares = 0;
    for (ptrdiff_t j = 0; j < columns; j++) {
        if (bias) x[j] += bias[j];
        sum += x[j];
    }
    float mean = sum / (float)columns;
    for (ptrdiff_t j = 0; j < columns; j++) squares += (x[j] - mean) * (x[j] - mean);
    float scale = 1.0f / sqrtf(squares / (float)columns + epsilon);
    for (ptrdiff_t j = 0; j < columns; j++) y[j] = (x[j] - mean) * scale * gamma[j] + beta[j];
}

#if CK_HAVE_SIMD

// Rows that go through together: one alone would mostly wait for its own sums.
enum { ROWS_AT_ONCE = 4 };

// `rows` is a constant at every call. Each row is summed in an order that depends on `columns` alone.
CK_SIMD_INLINE void layer_norm_rows(float *x, ptrdiff_t x_stride, const float *bias, const float *gamma,
                                    const float *beta, float epsilon, float *y, ptrdiff_t y_stride, ptrdiff_t columns,
                                    int rows) {
    ptrdiff_t whole = columns - columns % VF_LANES, j;
    vf sums[ROWS_AT_ONCE], squares[ROWS_AT_ONCE], middle[ROWS_AT_ONCE], scales[ROWS_AT_ONCE];
    float rest[ROWS_AT_ONCE], mean[ROWS_AT_ONCE], scale[ROWS_AT_ONCE];
    for (int r = 0; r < rows; r++) {
        sums[r] = squares[r] = vf_set(0.0f);
        rest[r] = 0.0f;
    }

    for (j = 0; j < whole; j += VF_LANES) {
        for (int r = 0; r < rows; r++) {
            vf v = vf_load(x + r * x_stride + j);
            if (bias) {
                v = vf_add(v, vf_load(bias + j));
                vf_store(x + r * x_stride + j, v);
            }
            sums[r] = vf_add(sums[r], v);
        }
    }
    for (int r = 0; r < rows; r++) {
        float *row = x + r * x_stride;
        for (j = whole; j < columns; j++) {
            if (bias) row[j] += bias[j];
            rest[r] += row[j];
        }
        mean[r] = (rest[r] + vf_sum(sums[r])) / (float)columns;
        middle[r] = vf_set(mean[r]);
        rest[r] = 0.0f;
    }

    for (j = 0; j < whole; j += VF_LANES) {
        for (int r = 0; r < rows; r++) {
            vf off = vf_sub(vf_load(x + r * x_stride + j), middle[r]);
            squares[r] = vf_fma(off, off, squares[r]);
        }
    }
    for (int r = 0; r < rows; r++) {
        const float *row = x + r * x_stride;
        for (j = whole; j < columns; j++) rest[r] += (row[j] - mean[r]) * (row[j] - mean[r]);
        scale[r] = 1.0f / sqrtf((rest[r] + vf_sum(squares[r])) / (float)columns + epsilon);
        scales[r] = vf_set(scale[r]);
    }

    for (j = 0; j < whole; j += VF_LANES) {
        vf from_gamma = vf_load(gamma + j), from_beta = vf_load(beta + j);
        for (int r = 0; r < rows; r++) {
            vf off = vf_mul(vf_sub(vf_load(x + r * x_stride + j), middle[r]), scales[r]);
            vf_store(y + r * y_stride + j, vf_fma(off, from_gamma, from_beta));
        }
    }
    for (int r = 0; r < rows; r++) {
        for (j = whole; j < columns; j++) {
            y[r * y_stride + j] = (x[r * x_stride + j] - mean[r]) * scale[r] * gamma[j] + beta[j];
        }
    }
}

CK_SIMD static void layer_norm_simd(float *x, ptrdiff_t x_stride, const float *bias, const float *gamma,
                                    const float *beta, float epsilon, float *y, ptrdiff_t y_stride, ptrdiff_t rows,
                                    ptrdiff_t columns) {
    ptrdiff_t i = 0;
    for (; i + ROWS_AT_ONCE <= rows; i += ROWS_AT_ONCE) {
        layer_norm_rows(x + i * x_stride, x_stride, bias, gamma, beta, epsilon, y + i * y_stride, y_stride, columns,
                        ROWS_AT_ONCE);
    }
    for (; i < rows; i++) {
        layer_norm_rows(x + i * x_stride, x_stride, bias, gamma, beta, epsilon, y + i * y_stride, y_stride, columns, 1);
    }
}

#endif

void ck_bias_layer_norm(float *x, ptrdiff_t x_stride, const float *bias, const float *gamma, const float *beta,
                        float epsilon, float *y, ptrdiff_t y_stride, ptrdiff_t rows, ptrdiff_t columns) {
#if CK_HAVE_SIMD
    if (ck_active_isa() != CK_ISA_SCALAR) {
        layer_norm_simd(x, x_stride, bias, gamma, beta, epsilon, y, y_stride, rows, columns);
        return;
    }
#endif
    for (ptrdiff_t i = 0; i < rows; i++, x += x_stride, y += y_stride) {
        layer_norm_scalar(x, bias, gamma, beta, epsilon, y, columns);
    }
}
