#pragma once
// Multi-head self-attention over one window of tokens, whose rows may lie anywhere: partition, cyclic shift and reverse
// are the row numbers, never copies.
#include <stddef.h>
#include <stdint.h>

/// One window's attention. Every head: softmax(q k^T * scale + bias + mask) v.
typedef struct {
    const float *qkv;         ///< (rows, 3 * channels): queries, keys, values side by side.
    ptrdiff_t qkv_stride;     ///< Floats from row to row of qkv.
    const float *qkv_bias;    ///< (3 * channels), added to the rows as they are read; or NULL.
    float *out;               ///< (rows, channels): the context, written at the same row numbers.
    ptrdiff_t out_stride;     ///< Floats from row to row of out.
    ptrdiff_t token_count;    ///< Tokens of a window.
    ptrdiff_t head_count;     ///< channels / head_width.
    ptrdiff_t head_width;     ///< Channels of one head.
    float scale;              ///< Usually 1 / sqrt(head_width).
    const float *bias;        ///< (head_count, keys, ck_attention_stride(token_count) queries), or NULL.
    float *scratch;           ///< ck_attention_scratch(token_count, head_width) floats.
} ck_attention;

/// Floats from row to row of a bias or a mask: token_count rounded up to whole blocks of queries. What the padding holds
/// does not matter.
ptrdiff_t ck_attention_stride(ptrdiff_t token_count);

/// Floats of scratch that ck_attend_window needs.
ptrdiff_t ck_attention_scratch(ptrdiff_t token_count, ptrdiff_t head_width);

/// Attention over the rows `row_numbers[0 ..< token_count]`; NULL stands for rows 0, 1, 2, ….
/// `mask` (keys, ck_attention_stride(token_count) queries) is added to every head's scores; or NULL.
void ck_attend_window(const ck_attention *attention, const int32_t *row_numbers, const float *mask);
