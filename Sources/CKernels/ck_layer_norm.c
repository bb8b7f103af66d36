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

CK_SIMD static void layer_norm_simd(float *x, const float *bias, const float *gamma, const float *beta, float epsilon,
                                    float *y, ptrdiff_t columns) {
    ptrdiff_t whole = columns - columns % VF_LANES, j;
    vf sums = vf_set(0.0f), squares = vf_set(0.0f);
    float sum = 0, square = 0;

    for (j = 0; j < whole; j += VF_LANES) {
        vf v = vf_load(x + j);
        if (bias) {
            v = vf_add(v, vf_load(bias + j));
            vf_store(x + j, v);
        }
        sums = vf_add(sums, v);
    }
    for (; j < columns; j++) {
        if (bias) x[j] += bias[j];
        sum += x[j];
    }
    float mean = (sum + vf_sum(sums)) / (float)columns;

    vf middle = vf_set(mean);
    for (j = 0; j < whole; j += VF_LANES) {
        vf off = vf_sub(vf_load(x + j), middle);
        squares = vf_fma(off, off, squares);
    }
    for (; j < columns; j++) square += (x[j] - mean) * (x[j] - mean);
    float scale = 1.0f / sqrtf((square + vf_sum(squares)) / (float)columns + epsilon);

    vf scales = vf_set(scale);
    for (j = 0; j < whole; j += VF_LANES) {
        vf off = vf_mul(vf_sub(vf_load(x + j), middle), scales);
        vf_store(y + j, vf_fma(off, vf_load(gamma + j), vf_load(beta + j)));
    }
    for (; j < columns; j++) y[j] = (x[j] - mean) * scale * gamma[j] + beta[j];
}

#endif

void ck_bias_layer_norm(float *x, ptrdiff_t x_stride, const float *bias, const float *gamma, const float *beta,
                        float epsilon, float *y, ptrdiff_t y_stride, ptrdiff_t rows, ptrdiff_t columns) {
    for (ptrdiff_t i = 0; i < rows; i++, x += x_stride, y += y_stride) {
#if CK_HAVE_SIMD
        if (ck_active_isa() != CK_ISA_SCALAR) {
            layer_norm_simd(x, bias, gamma, beta, epsilon, y, columns);
            continue;
        }
#endif
        layer_norm_scalar(x, bias, gamma, beta, epsilon, y, columns);
    }
}
