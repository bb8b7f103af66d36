#pragma once
// What the paths of window attention share: padding, scratch, row numbers.
#include "ck_attention.h"

// All paths use one padding, so that bias and mask tables fit any of them: the widest block of queries.
enum { CK_ATTENTION_PADDING = 32 };

static inline ptrdiff_t ck_padded(ptrdiff_t count) {
    return (count + CK_ATTENTION_PADDING - 1) / CK_ATTENTION_PADDING * CK_ATTENTION_PADDING;
}

static inline ptrdiff_t ck_row_at(const int32_t *row_numbers, ptrdiff_t i) { return row_numbers ? row_numbers[i] : i; }

/// Attention of one head over one window.
///
/// Scratch of the vector paths: keys, then values, (tokens, head width) each; then for one block of queries these,
/// transposed, and their context, (head width, block) each, and their scores, (tokens, block).
typedef void ck_attend_head(const ck_attention *attention, const int32_t *rows, const float *mask, ptrdiff_t head);

ck_attend_head ck_attend_head_scalar, ck_attend_head_avx2, ck_attend_head_avx512, ck_attend_head_neon;
