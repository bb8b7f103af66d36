// One head's attention in the vocabulary of ck_simd.h, with the queries side by side in the lanes: scores are keys times
// transposed queries, softmax runs down the keys, and the context comes out transposed. So nothing is ever summed
// across lanes, keys and values are read as they lie, and every vector width gives the same bits. A file includes this
// once after choosing CK_KEYS (rows of a tile) and CK_ATTEND (the function's name).
#include <math.h>

#include "ck_attention_head.h"
#include "ck_simd.h"

// Queries of a block: two vectors of them times CK_KEYS rows fill the registers, as in the blocked product.
enum { VECTORS = 2, BLOCK = VECTORS * VF_LANES };

// left x right for `rows` rows of left (rows, depth) and one block of right (depth, BLOCK).
CK_SIMD_INLINE void sum_tile(const float *left, ptrdiff_t left_stride, ptrdiff_t left_step, const float *right,
                             ptrdiff_t depth, int rows, vf sums[CK_KEYS][VECTORS]) {
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++) {
        for (int v = 0; v < VECTORS; v++) sums[r][v] = vf_set(0.0f);
    }
#pragma clang loop unroll_count(4)
    for (ptrdiff_t k = 0; k < depth; k++, left += left_step, right += BLOCK) {
        vf from_right[VECTORS];
        for (int v = 0; v < VECTORS; v++) from_right[v] = vf_load(right + v * VF_LANES);
#pragma clang loop unroll(full)
        for (int r = 0; r < rows; r++) {
            vf value = vf_set(left[r * left_stride]);
            for (int v = 0; v < VECTORS; v++) sums[r][v] = vf_fma(value, from_right[v], sums[r][v]);
        }
    }
}

// Everything about one head's block of queries, in scratch: all in L1 for the window sizes in use.
typedef struct {
    float *keys, *values;  // (tokens, head width)
    float *queries;        // (head width, BLOCK), scaled
    float *scores;         // (tokens, BLOCK)
    float *context;        // (head width, BLOCK)
    ptrdiff_t tokens, width;
} head_block;

// Scores of `rows` keys from `first` on; tables hold what is added to them.
CK_SIMD_INLINE void score_tile(const head_block *h, ptrdiff_t first, int rows, const float *bias, const float *mask,
                               ptrdiff_t stride, vf most[VECTORS]) {
    vf sums[CK_KEYS][VECTORS];
    sum_tile(h->keys + first * h->width, h->width, 1, h->queries, h->width, rows, sums);
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++) {
        for (int v = 0; v < VECTORS; v++) {
            ptrdiff_t at = (first + r) * stride + v * VF_LANES;
            vf score = sums[r][v];
            if (bias) score = vf_add(score, vf_load(bias + at));
            if (mask) score = vf_add(score, vf_load(mask + at));
            vf_store(h->scores + (first + r) * BLOCK + v * VF_LANES, score);
            most[v] = vf_max(most[v], score);
        }
    }
}

// Context of `rows` channels from `first` on.
CK_SIMD_INLINE void context_tile(const head_block *h, ptrdiff_t first, int rows, const vf scales[VECTORS]) {
    vf sums[CK_KEYS][VECTORS];
    sum_tile(h->values + first, 1, h->width, h->scores, h->tokens, rows, sums);
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++) {
        for (int v = 0; v < VECTORS; v++) {
            vf_store(h->context + (first + r) * BLOCK + v * VF_LANES, vf_mul(sums[r][v], scales[v]));
        }
    }
}

// Scores become weights, e^(score - most); returns the reciprocals of their sums.
CK_SIMD_INLINE void weigh(const head_block *h, const vf most[VECTORS], vf scales[VECTORS]) {
    // In powers of two. What is taken away is the same for all keys of a query, so its rounding cancels.
    vf to_base_two = vf_set(1.44269504f), shift[VECTORS];
    // Two sums each, over even and odd keys: more of them in flight.
    vf sums[2][VECTORS];
    for (int v = 0; v < VECTORS; v++) {
        shift[v] = vf_sub(vf_set(0.0f), vf_mul(most[v], to_base_two));
        sums[0][v] = sums[1][v] = vf_set(0.0f);
    }
    float *at = h->scores;
    ptrdiff_t j = 0;
    for (; j + 2 <= h->tokens; j += 2, at += 2 * BLOCK) {
        vf weights[2 * VECTORS];
#pragma clang loop unroll(full)
        for (int i = 0; i < 2 * VECTORS; i++) {
            weights[i] = vf_fma(vf_load(at + i * VF_LANES), to_base_two, shift[i % VECTORS]);
        }
        vf_exp2_at_most_1(weights, 2 * VECTORS);
#pragma clang loop unroll(full)
        for (int i = 0; i < 2 * VECTORS; i++) {
            vf_store(at + i * VF_LANES, weights[i]);
            sums[i / VECTORS][i % VECTORS] = vf_add(sums[i / VECTORS][i % VECTORS], weights[i]);
        }
    }
    for (int v = 0; v < VECTORS; v++) {
        if (j < h->tokens) {
            vf weight = vf_fma(vf_load(at + v * VF_LANES), to_base_two, shift[v]);
            vf_exp2_at_most_1(&weight, 1);
            vf_store(at + v * VF_LANES, weight);
            sums[0][v] = vf_add(sums[0][v], weight);
        }
        scales[v] = vf_div(vf_set(1.0f), vf_add(sums[0][v], sums[1][v]));
    }
}

// Rows of one head as they lie, `d` floats each, into dense scratch; `bias` (d) is added, or NULL.
CK_SIMD_INLINE void gather(const float *from, ptrdiff_t from_stride, const int32_t *rows, ptrdiff_t n, ptrdiff_t d,
                           const float *bias, float *to) {
    for (ptrdiff_t j = 0; j < n; j++, to += d) {
        const float *row = from + ck_row_at(rows, j) * from_stride;
        ptrdiff_t c = 0;
        for (; c + VF_LANES <= d; c += VF_LANES) {
            vf v = vf_load(row + c);
            vf_store(to + c, bias ? vf_add(v, vf_load(bias + c)) : v);
        }
        if (c < d) {
            vf v = vf_load_tail(row + c, d - c);
            vf_store_tail(to + c, bias ? vf_add(v, vf_load_tail(bias + c, d - c)) : v, d - c);
        }
    }
}

// A vector's worth of queries, biased, scaled and transposed: to (d, BLOCK).
CK_SIMD_INLINE void gather_queries(const float *const rows[VF_LANES], ptrdiff_t d, const float *bias, float scale,
                                   float *to) {
    vf scales = vf_set(scale);
    ptrdiff_t c = 0;
    for (; c + 4 <= d; c += 4) {
        vf quad[4];
        vf_load_quads(rows, c, quad);
        for (int k = 0; k < 4; k++) {
            if (bias) quad[k] = vf_add(quad[k], vf_set(bias[c + k]));
            vf_store(to + (c + k) * BLOCK, vf_mul(quad[k], scales));
        }
    }
    for (; c < d; c++) {
        for (int lane = 0; lane < VF_LANES; lane++) {
            to[c * BLOCK + lane] = (bias ? rows[lane][c] + bias[c] : rows[lane][c]) * scale;
        }
    }
}

// The first `count` of a vector's worth of tokens, transposed back from (d, BLOCK) to their rows.
CK_SIMD_INLINE void scatter_context(const float *context, ptrdiff_t d, float *const rows[VF_LANES], ptrdiff_t count) {
    ptrdiff_t c = 0;
    if (count >= VF_LANES) {
        for (; c + 4 <= d; c += 4) {
            vf quad[4];
            for (int k = 0; k < 4; k++) quad[k] = vf_load(context + (c + k) * BLOCK);
            vf_store_quads(rows, c, quad);
        }
    }
    for (; c < d; c++) {
        for (ptrdiff_t lane = 0; lane < count && lane < VF_LANES; lane++) rows[lane][c] = context[c * BLOCK + lane];
    }
}

// Asks for the columns of the next head while this one has what it needs: in the first block of queries keys and values, in
// the second queries; of `count` tokens from `first` on.
CK_SIMD_INLINE void fetch_next_head(const ck_attention *a, const int32_t *rows, ptrdiff_t head, ptrdiff_t block,
                                    ptrdiff_t first, ptrdiff_t count, ptrdiff_t d) {
    if (head + 1 >= a->head_count || block > 1) return;
    ptrdiff_t channels = d * a->head_count;
    const float *from = a->qkv + (head + 1) * d;
    for (ptrdiff_t j = first; j < first + count; j++) {
        const float *row = from + ck_row_at(rows, j) * a->qkv_stride;
        for (ptrdiff_t part = block == 0 ? 1 : 0; part <= (block == 0 ? 2 : 0); part++) {
            // The first and the last value: a head is rarely wider than two cache lines.
            __builtin_prefetch(row + part * channels, 0, 3);
            __builtin_prefetch(row + part * channels + d - 1, 0, 3);
        }
    }
}

// One head over one window of `n` tokens, `d` channels; fast where these are constants at the call.
CK_SIMD_INLINE void attend_sized(const ck_attention *a, const int32_t *rows, const float *mask, ptrdiff_t head,
                                 ptrdiff_t n, ptrdiff_t d) {
    ptrdiff_t channels = d * a->head_count, stride = ck_attention_stride(n);
    const float *from = a->qkv + head * d, *bias = a->bias ? a->bias + head * n * stride : NULL;
    const float *qkv_bias = a->qkv_bias ? a->qkv_bias + head * d : NULL;
    head_block h = {.tokens = n, .width = d, .keys = a->scratch};
    h.values = h.keys + ck_padded(n * d);
    h.queries = h.values + ck_padded(n * d);
    h.context = h.queries + d * BLOCK;
    h.scores = h.context + d * BLOCK;
    gather(from + channels, a->qkv_stride, rows, n, d, qkv_bias ? qkv_bias + channels : NULL, h.keys);
    gather(from + 2 * channels, a->qkv_stride, rows, n, d, qkv_bias ? qkv_bias + 2 * channels : NULL, h.values);

    for (ptrdiff_t first = 0; first < n; first += BLOCK) {
        const float *query_rows[BLOCK];
        float *out_rows[BLOCK];
        for (ptrdiff_t i = 0; i < BLOCK; i++) {
            // Beyond the last query the last one is repeated and not stored.
            ptrdiff_t row = ck_row_at(rows, first + i < n ? first + i : n - 1);
            query_rows[i] = from + row * a->qkv_stride;
            out_rows[i] = a->out + row * a->out_stride + head * d;
        }
        for (int v = 0; v < VECTORS; v++) {
            gather_queries(query_rows + v * VF_LANES, d, qkv_bias, a->scale, h.queries + v * VF_LANES);
        }

        const float *block_bias = bias ? bias + first : NULL, *block_mask = mask ? mask + first : NULL;
        vf most[VECTORS], scales[VECTORS];
        for (int v = 0; v < VECTORS; v++) most[v] = vf_set(-INFINITY);
        ptrdiff_t j = 0;
        for (; j + CK_KEYS <= n; j += CK_KEYS) {
            fetch_next_head(a, rows, head, first / BLOCK, j, CK_KEYS, d);
            score_tile(&h, j, CK_KEYS, block_bias, block_mask, stride, most);
        }
        for (; j + 4 <= n; j += 4) score_tile(&h, j, 4, block_bias, block_mask, stride, most);
        for (; j < n; j++) score_tile(&h, j, 1, block_bias, block_mask, stride, most);

        weigh(&h, most, scales);

        ptrdiff_t c = 0;
        for (; c + CK_KEYS <= d; c += CK_KEYS) context_tile(&h, c, CK_KEYS, scales);
        for (; c + 4 <= d; c += 4) context_tile(&h, c, 4, scales);
        for (; c < d; c++) context_tile(&h, c, 1, scales);
        for (ptrdiff_t v = 0; v < VECTORS; v++) {
            ptrdiff_t left = n - first - v * VF_LANES;
            scatter_context(h.context + v * VF_LANES, d, out_rows + v * VF_LANES, left);
        }
    }
}

// Windows of the audio tower as the compiler may know them: 8 x 8 tokens at row numbers, with a table of biases, the
// joined matrix biased already, with a mask or without.
CK_SIMD_INLINE void attend_window_of_64(const ck_attention *a, const int32_t *rows, const float *mask, ptrdiff_t head,
                                        ptrdiff_t d) {
    if (mask) {
        attend_sized(a, rows, mask, head, 64, d);
    } else {
        attend_sized(a, rows, NULL, head, 64, d);
    }
}

CK_SIMD void CK_ATTEND(const ck_attention *call, const int32_t *rows, const float *mask, ptrdiff_t head) {
    // A copy, because the compiler would read the original again after every store.
    const ck_attention copy = *call, *a = &copy;
    int is_usual = a->token_count == 64 && rows && a->bias && !a->qkv_bias;
    if (is_usual && a->head_width == 24) {
        attend_window_of_64(a, rows, mask, head, 24);
    } else if (is_usual && a->head_width == 32) {
        attend_window_of_64(a, rows, mask, head, 32);
    } else {
        attend_sized(a, rows, mask, head, a->token_count, a->head_width);
    }
}
