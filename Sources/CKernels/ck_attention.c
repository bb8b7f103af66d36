// Window attention: sizes, the scalar path, and the choice of path.
#include "ck_attention.h"

#include <math.h>

#include "ck_attention_head.h"
#include "ck_dispatch.h"

ptrdiff_t ck_attention_stride(ptrdiff_t token_count) { return ck_padded(token_count); }

ptrdiff_t ck_attention_scratch(ptrdiff_t token_count, ptrdiff_t head_width) {
    return 2 * ck_padded(token_count * head_width) + (2 * head_width + token_count) * CK_ATTENTION_PADDING;
}

// MARK: scalar

void ck_attend_head_scalar(const ck_attention *a, const int32_t *rows, const float *mask, ptrdiff_t head) {
    ptrdiff_t n = a->token_count, d = a->head_width, channels = d * a->head_count, stride = ck_attention_stride(n);
    const float *bias = a->bias ? a->bias + head * n * stride : NULL;
    const float *q_bias = a->qkv_bias ? a->qkv_bias + head * d : NULL;
    float *score = a->scratch;
    for (ptrdiff_t i = 0; i < n; i++) {
        const float *q = a->qkv + ck_row_at(rows, i) * a->qkv_stride + head * d;
        float largest = -INFINITY, sum = 0;
        for (ptrdiff_t j = 0; j < n; j++) {
            const float *k = a->qkv + ck_row_at(rows, j) * a->qkv_stride + channels + head * d;
            float dot = 0;
            for (ptrdiff_t c = 0; c < d; c++) {
                dot += q_bias ? (q[c] + q_bias[c]) * (k[c] + q_bias[channels + c]) : q[c] * k[c];
            }
            dot *= a->scale;
            if (bias) dot += bias[j * stride + i];
            if (mask) dot += mask[j * stride + i];
            score[j] = dot;
            largest = fmaxf(largest, dot);
        }
        for (ptrdiff_t j = 0; j < n; j++) {
            score[j] = expf(score[j] - largest);
            sum += score[j];
        }
        float *out = a->out + ck_row_at(rows, i) * a->out_stride + head * d;
        for (ptrdiff_t c = 0; c < d; c++) {
            float mixed = 0;
            for (ptrdiff_t j = 0; j < n; j++) {
                float v = a->qkv[ck_row_at(rows, j) * a->qkv_stride + 2 * channels + head * d + c];
                mixed += score[j] * (q_bias ? v + q_bias[2 * channels + c] : v);
            }
            out[c] = mixed / sum;
        }
    }
}

// MARK: dispatch

void ck_attend_window(const ck_attention *attention, const int32_t *row_numbers, const float *mask) {
    ck_attend_head *attend = ck_attend_head_scalar;
    switch (ck_active_isa()) {
#if defined(__x86_64__)
    case CK_ISA_AVX2: attend = ck_attend_head_avx2; break;
    case CK_ISA_AVX512: attend = ck_attend_head_avx512; break;
#elif defined(__aarch64__)
    case CK_ISA_NEON: attend = ck_attend_head_neon; break;
#endif
    default: break;
    }
    for (ptrdiff_t h = 0; h < attention->head_count; h++) attend(attention, row_numbers, mask, h);
}
