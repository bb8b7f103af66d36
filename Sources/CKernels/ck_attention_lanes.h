// One head's attention in the vocabulary of ck_simd.h: keys transposed and values copied to scratch in L1, then a few
// queries at a time from scores to context without leaving it. A file includes this once after choosing CK_QUERIES
// (queries at a time) and CK_ATTEND (the function's name).
#include <string.h>

#include "ck_attention_head.h"
#include "ck_simd.h"

// Scores of a few queries against two vectors of keys. q: (queries, d); keys: (d, stride).
CK_SIMD_INLINE void score_tile(const float *q, ptrdiff_t q_stride, const float *keys, ptrdiff_t stride, ptrdiff_t d,
                               vf s[CK_QUERIES][2]) {
#pragma clang loop unroll(full)
    for (int r = 0; r < CK_QUERIES; r++) s[r][0] = s[r][1] = vf_set(0.0f);
    for (ptrdiff_t c = 0; c < d; c++, keys += stride) {
        vf k0 = vf_load(keys), k1 = vf_load(keys + VF_LANES);
#pragma clang loop unroll(full)
        for (int r = 0; r < CK_QUERIES; r++) {
            vf query = vf_set(q[r * q_stride + c]);
            s[r][0] = vf_fma(query, k0, s[r][0]);
            s[r][1] = vf_fma(query, k1, s[r][1]);
        }
    }
}

// Context of a few queries from channel `first` on, over `vectors` (1 ... 3) vectors of the `count` channels.
// p: (queries, stride); values: (tokens, width).
CK_SIMD_INLINE void context_tile(const float *p, ptrdiff_t stride, const float *values, ptrdiff_t width, ptrdiff_t n,
                                 int vectors, const float *scales, float *const *out, ptrdiff_t first,
                                 ptrdiff_t count, ptrdiff_t row_count) {
    values += first;
    vf sums[CK_QUERIES][3];
#pragma clang loop unroll(full)
    for (int r = 0; r < CK_QUERIES; r++) {
        for (int v = 0; v < vectors; v++) sums[r][v] = vf_set(0.0f);
    }
    for (ptrdiff_t j = 0; j < n; j++, values += width) {
        vf value[3];
        for (int v = 0; v < vectors; v++) value[v] = vf_load(values + v * VF_LANES);
#pragma clang loop unroll(full)
        for (int r = 0; r < CK_QUERIES; r++) {
            vf weight = vf_set(p[r * stride + j]);
            for (int v = 0; v < vectors; v++) sums[r][v] = vf_fma(weight, value[v], sums[r][v]);
        }
    }
    // Constant bounds, so that the sums stay in registers; rows and lanes beyond the edge are not stored.
#pragma clang loop unroll(full)
    for (int r = 0; r < CK_QUERIES; r++) {
        if (r >= row_count) break;
        vf scale = vf_set(scales[r]);
        for (int v = 0; v < vectors; v++) {
            float *at = out[r] + first + v * VF_LANES;
            ptrdiff_t left = count - first - v * VF_LANES;
            if (left >= VF_LANES) {
                vf_store(at, vf_mul(sums[r][v], scale));
            } else if (left > 0) {
                vf_store_tail(at, vf_mul(sums[r][v], scale), left);
            }
        }
    }
}

// One head's keys, transposed, and values into scratch, biases added. Padding: keys and values are zero there.
CK_SIMD static void gather_head(const ck_attention *a, const int32_t *rows, ptrdiff_t head, float *keys, float *values,
                                ptrdiff_t stride, ptrdiff_t width) {
    ptrdiff_t n = a->token_count, d = a->head_width, channels = d * a->head_count;
    const float *k_bias = a->qkv_bias ? a->qkv_bias + channels + head * d : NULL;
    const float *v_bias = a->qkv_bias ? a->qkv_bias + 2 * channels + head * d : NULL;
    for (ptrdiff_t j = 0; j < n; j++) {
        const float *k = a->qkv + ck_row_at(rows, j) * a->qkv_stride + channels + head * d;
        const float *v = k + channels;
        float *value = values + j * width;
        if (k_bias) {
            for (ptrdiff_t c = 0; c < d; c++) keys[c * stride + j] = k[c] + k_bias[c];
            for (ptrdiff_t c = 0; c < d; c++) value[c] = v[c] + v_bias[c];
        } else {
            for (ptrdiff_t c = 0; c < d; c++) keys[c * stride + j] = k[c];
            memcpy(value, v, (size_t)d * sizeof(float));
        }
        for (ptrdiff_t c = d; c < width; c++) value[c] = 0;
    }
    for (ptrdiff_t c = 0; c < d; c++) {
        for (ptrdiff_t j = n; j < stride; j++) keys[c * stride + j] = 0;
    }
}

CK_SIMD void CK_ATTEND(const ck_attention *a, const int32_t *rows, const float *mask, ptrdiff_t head) {
    ptrdiff_t n = a->token_count, d = a->head_width;
    ptrdiff_t stride = ck_attention_stride(n), width = ck_padded(d);
    float *keys = a->scratch, *values = keys + width * stride, *queries = values + stride * width;
    float *scores = queries + CK_QUERIES * width;
    const float *bias = a->bias ? a->bias + head * n * stride : NULL;
    const float *q_bias = a->qkv_bias ? a->qkv_bias + head * d : NULL;
    vf scale = vf_set(a->scale);
    gather_head(a, rows, head, keys, values, stride, width);

    for (ptrdiff_t i = 0; i < n; i += CK_QUERIES) {
        ptrdiff_t row_count = n - i < CK_QUERIES ? n - i : CK_QUERIES;
        for (ptrdiff_t r = 0; r < CK_QUERIES; r++) {
            // Beyond the last query the last one is repeated and not stored.
            ptrdiff_t token = i + (r < row_count ? r : row_count - 1);
            const float *q = a->qkv + ck_row_at(rows, token) * a->qkv_stride + head * d;
            for (ptrdiff_t c = 0; c < d; c++) queries[r * width + c] = q_bias ? q[c] + q_bias[c] : q[c];
        }
        for (ptrdiff_t j = 0; j < stride; j += 2 * VF_LANES) {
            vf s[CK_QUERIES][2];
            score_tile(queries, width, keys + j, stride, d, s);
#pragma clang loop unroll(full)
            for (int r = 0; r < CK_QUERIES; r++) {
                ptrdiff_t token = i + (r < row_count ? r : row_count - 1);
                for (int v = 0; v < 2; v++) {
                    ptrdiff_t at = token * stride + j + v * VF_LANES;
                    vf score = vf_mul(s[r][v], scale);
                    if (bias) score = vf_add(score, vf_load(bias + at));
                    if (mask) score = vf_add(score, vf_load(mask + at));
                    vf_store(scores + r * stride + j + v * VF_LANES, score);
                }
            }
        }
        float scales[CK_QUERIES];
        float *out[CK_QUERIES];
        for (ptrdiff_t r = 0; r < CK_QUERIES; r++) {
            float *score = scores + r * stride;
            // Columns beyond the last token: so low that their weight is nothing beside the largest, which is 1.
            for (ptrdiff_t j = n; j < stride; j++) score[j] = -1e30f;
            vf most = vf_load(score), sums = vf_set(0.0f);
            for (ptrdiff_t j = VF_LANES; j < stride; j += VF_LANES) most = vf_max(most, vf_load(score + j));
            vf shift = vf_set(vf_largest(most));
            for (ptrdiff_t j = 0; j < stride; j += VF_LANES) {
                vf e = vf_exp(vf_sub(vf_load(score + j), shift));
                vf_store(score + j, e);
                sums = vf_add(sums, e);
            }
            scales[r] = 1.0f / vf_sum(sums);
            ptrdiff_t token = i + (r < row_count ? r : row_count - 1);
            out[r] = a->out + ck_row_at(rows, token) * a->out_stride + head * d;
        }
        ptrdiff_t c = 0;
        for (; c + 2 * VF_LANES < d; c += 3 * VF_LANES) {
            context_tile(scores, stride, values, width, n, 3, scales, out, c, d, row_count);
        }
        if (c + VF_LANES < d) {
            context_tile(scores, stride, values, width, n, 2, scales, out, c, d, row_count);
        } else if (c < d) {
            context_tile(scores, stride, values, width, n, 1, scales, out, c, d, row_count);
        }
    }
}
