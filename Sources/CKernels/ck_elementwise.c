// Passes over rows of activations; each has its scalar reference first.
#include "ck_elementwise.h"

#include <math.h>
#include <string.h>

#include "ck_simd.h"

// MARK: scalar

static float gelu(float x) { return 0.5f * x * (1.0f + erff(x * 0.70710678118654752f)); }

static void bias_gelu_scalar(float *x, const float *bias, ptrdiff_t columns) {
    for (ptrdiff_t j = 0; j < columns; j++) x[j] = gelu(bias ? x[j] + bias[j] : x[j]);
}

static void fusion_scalar(float *whole, const float *parts, const float *local, const float *global,
                          ptrdiff_t columns) {
    for (ptrdiff_t j = 0; j < columns; j++) {
        float w = 1.0f / (1.0f + expf(-(local[j] + global[j])));
        whole[j] = 2.0f * whole[j] * w + 2.0f * parts[j] * (1.0f - w);
    }
}

static void softmax_scalar(float *x, ptrdiff_t columns) {
    float largest = -INFINITY, sum = 0;
    for (ptrdiff_t j = 0; j < columns; j++) largest = fmaxf(largest, x[j]);
    for (ptrdiff_t j = 0; j < columns; j++) {
        x[j] = expf(x[j] - largest);
        sum += x[j];
    }
    for (ptrdiff_t j = 0; j < columns; j++) x[j] /= sum;
}

// MARK: vector

#if CK_HAVE_SIMD

CK_SIMD static void bias_gelu_simd(float *x, const float *bias, ptrdiff_t columns) {
    ptrdiff_t j = 0;
    for (; j + VF_LANES <= columns; j += VF_LANES) {
        vf v = vf_load(x + j);
        if (bias) v = vf_add(v, vf_load(bias + j));
        vf_gelu(&v, 1);
        vf_store(x + j, v);
    }
    if (j < columns) {
        vf v = vf_load_tail(x + j, columns - j);
        if (bias) v = vf_add(v, vf_load_tail(bias + j, columns - j));
        vf_gelu(&v, 1);
        vf_store_tail(x + j, v, columns - j);
    }
}

CK_SIMD_INLINE vf vf_fusion(vf whole, vf parts, vf score) {
    vf w = vf_div(vf_set(1.0f), vf_add(vf_set(1.0f), vf_exp(vf_sub(vf_set(0.0f), score))));
    vf from_whole = vf_mul(vf_mul(vf_set(2.0f), whole), w);
    vf from_parts = vf_mul(vf_mul(vf_set(2.0f), parts), vf_sub(vf_set(1.0f), w));
    return vf_add(from_whole, from_parts);
}

CK_SIMD static void fusion_simd(float *whole, const float *parts, const float *local, const float *global,
                                ptrdiff_t columns) {
    ptrdiff_t j = 0;
    for (; j + VF_LANES <= columns; j += VF_LANES) {
        vf score = vf_add(vf_load(local + j), vf_load(global + j));
        vf_store(whole + j, vf_fusion(vf_load(whole + j), vf_load(parts + j), score));
    }
    if (j < columns) {
        ptrdiff_t left = columns - j;
        vf score = vf_add(vf_load_tail(local + j, left), vf_load_tail(global + j, left));
        vf_store_tail(whole + j, vf_fusion(vf_load_tail(whole + j, left), vf_load_tail(parts + j, left), score), left);
    }
}

CK_SIMD static void softmax_simd(float *x, ptrdiff_t columns) {
    ptrdiff_t j = 0;
    float largest = -INFINITY;
    if (columns >= VF_LANES) {
        vf most = vf_load(x);
        for (j = VF_LANES; j + VF_LANES <= columns; j += VF_LANES) most = vf_max(most, vf_load(x + j));
        largest = vf_largest(most);
    }
    for (; j < columns; j++) largest = fmaxf(largest, x[j]);

    vf shift = vf_set(largest), sums = vf_set(0.0f);
    float sum = 0;
    for (j = 0; j + VF_LANES <= columns; j += VF_LANES) {
        vf e = vf_exp(vf_sub(vf_load(x + j), shift));
        vf_store(x + j, e);
        sums = vf_add(sums, e);
    }
    if (j < columns) {
        vf_store_tail(x + j, vf_exp(vf_sub(vf_load_tail(x + j, columns - j), shift)), columns - j);
        for (ptrdiff_t k = j; k < columns; k++) sum += x[k];
    }
    float scale = 1.0f / (sum + vf_sum(sums));
    for (j = 0; j < columns; j++) x[j] *= scale;
}

#endif

// MARK: dispatch

#if CK_HAVE_SIMD
#define CK_USE_SIMD() (ck_active_isa() != CK_ISA_SCALAR)
#endif

void ck_add_bias(float *x, ptrdiff_t stride, const float *bias, ptrdiff_t rows, ptrdiff_t columns) {
    for (ptrdiff_t i = 0; i < rows; i++, x += stride) {
        for (ptrdiff_t j = 0; j < columns; j++) x[j] += bias[j];
    }
}

void ck_bias_relu(float *x, ptrdiff_t stride, const float *bias, ptrdiff_t rows, ptrdiff_t columns) {
    for (ptrdiff_t i = 0; i < rows; i++, x += stride) {
        for (ptrdiff_t j = 0; j < columns; j++) {
            float v = bias ? x[j] + bias[j] : x[j];
            // Written so that NaN stays NaN.
            x[j] = v < 0.0f ? 0.0f : v;
        }
    }
}

void ck_scale_add(float *x, float factor, const float *residual, ptrdiff_t count) {
    for (ptrdiff_t i = 0; i < count; i++) x[i] = x[i] * factor + residual[i];
}

void ck_column_means(const float *x, ptrdiff_t stride, ptrdiff_t rows, ptrdiff_t columns, float *means) {
    enum { STRIP = 16 };
    for (ptrdiff_t from = 0; from < columns; from += STRIP) {
        ptrdiff_t width = columns - from < STRIP ? columns - from : STRIP;
        double sums[STRIP] = {0};
        for (ptrdiff_t i = 0; i < rows; i++) {
            for (ptrdiff_t j = 0; j < width; j++) sums[j] += (double)x[i * stride + from + j];
        }
        for (ptrdiff_t j = 0; j < width; j++) means[from + j] = (float)(sums[j] / (double)rows);
    }
}

void ck_bias_gelu(float *x, ptrdiff_t stride, const float *bias, ptrdiff_t rows, ptrdiff_t columns) {
    for (ptrdiff_t i = 0; i < rows; i++, x += stride) {
#if CK_HAVE_SIMD
        if (CK_USE_SIMD()) {
            bias_gelu_simd(x, bias, columns);
            continue;
        }
#endif
        bias_gelu_scalar(x, bias, columns);
    }
}

void ck_attentional_fusion(float *whole, const float *parts, const float *local_score, const float *global_score,
                           ptrdiff_t rows, ptrdiff_t columns) {
    for (ptrdiff_t i = 0; i < rows; i++) {
        ptrdiff_t at = i * columns;
#if CK_HAVE_SIMD
        if (CK_USE_SIMD()) {
            fusion_simd(whole + at, parts + at, local_score + at, global_score, columns);
            continue;
        }
#endif
        fusion_scalar(whole + at, parts + at, local_score + at, global_score, columns);
    }
}

void ck_softmax_rows(float *x, ptrdiff_t stride, ptrdiff_t rows, ptrdiff_t columns) {
    for (ptrdiff_t i = 0; i < rows; i++, x += stride) {
#if CK_HAVE_SIMD
        if (CK_USE_SIMD()) {
            softmax_simd(x, columns);
            continue;
        }
#endif
        softmax_scalar(x, columns);
    }
}

void ck_float_from_half(float *out, const uint16_t *in, ptrdiff_t count) {
    for (ptrdiff_t i = 0; i < count; i++) {
        uint32_t sign = (uint32_t)(in[i] & 0x8000u) << 16;
        uint32_t magnitude = in[i] & 0x7FFFu;
        uint32_t bits;
        if (magnitude >= 0x7C00u) {
            bits = 0x7F800000u | ((magnitude & 0x3FFu) << 13);  // infinity or NaN
        } else if (magnitude >= 0x0400u) {
            bits = (magnitude << 13) + 0x38000000u;
        } else {
            float small = (float)magnitude * 0x1p-24f;  // denormal or zero: exact
            memcpy(&bits, &small, sizeof bits);
        }
        bits |= sign;
        memcpy(out + i, &bits, sizeof bits);
    }
}

void ck_float_from_bfloat(float *out, const uint16_t *in, ptrdiff_t count) {
    for (ptrdiff_t i = 0; i < count; i++) {
        uint32_t bits = (uint32_t)in[i] << 16;
        memcpy(out + i, &bits, sizeof bits);
    }
}
