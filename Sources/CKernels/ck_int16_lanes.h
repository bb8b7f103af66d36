// How rows become integers of sixteen bits, in the vocabulary of ck_simd.h; a file includes this once after choosing
// CK_INT16_PACK and CK_INT16_PACK_ROWS and, where weights are rounded by it, too, CK_INT16_WORTH and CK_INT16_ROUND (the
// functions' names).
#include <math.h>

#include "ck_panel_tile.h"
#include "ck_simd.h"

enum {
    GROUP_VALUES = 2 * CK_GROUP_WORDS,
    GROUP_VECTORS = GROUP_VALUES / VF_LANES,
    ROW_GROUP_VALUES = 2 * CK_ROW_GROUP_WORDS,
};

// The least that lets no integer leave its bits, and no norm of the group's integers exceed `norm`. `count` is at most a group, and
// may be known.
CK_SIMD_INLINE float worth_of(const float *x, ptrdiff_t count, float norm) {
    vf largest = vf_set(0.0f), squares[16 / VF_LANES];
    // Sixteen sums whatever the vectors, in the same places.
    for (int v = 0; v < 16 / VF_LANES; v++) squares[v] = vf_set(0.0f);
#pragma clang loop unroll(full)
    for (int v = 0; v < GROUP_VECTORS; v++) {
        ptrdiff_t left = count - v * VF_LANES;
        if (left <= 0) break;
        vf value = left >= VF_LANES ? vf_load(x + v * VF_LANES) : vf_load_tail(x + v * VF_LANES, left);
        largest = vf_max(largest, vf_size(value));
        squares[v % (16 / VF_LANES)] = vf_fma(value, value, squares[v % (16 / VF_LANES)]);
    }
    float sum = vf_sum_of_sixteen(squares);
    // Sums that overflowed or lost bits, and what is not a number.
    if (!(sum > 1e-30f && sum < 1e30f)) return ck_int16_worth_of_extremes(x, count, norm);
    float by_largest = vf_largest(largest) * (1.0f / CK_INT16_LARGEST), by_norm = sqrtf(sum) * (1.0f / norm);
    return by_largest > by_norm ? by_largest : by_norm;
}

CK_SIMD_INLINE void round_to_words(const float *x, ptrdiff_t count, float worth, float *words) {
    vf by = vf_set(1.0f / worth);
    for (; count >= VF_LANES; count -= VF_LANES, x += VF_LANES, words += VF_LANES / 2) {
        vf_store_int16(words, vf_mul(vf_load(x), by));
    }
    if (count <= 0) return;
    float last[VF_LANES / 2];
    vf_store_int16(last, vf_mul(vf_load_tail(x, count), by));
    for (ptrdiff_t i = 0; i < (count + 1) / 2; i++) words[i] = last[i];
}

#ifdef CK_INT16_WORTH
CK_SIMD float CK_INT16_WORTH(const float *x, ptrdiff_t count) { return worth_of(x, count, CK_INT16_NORM); }

CK_SIMD void CK_INT16_ROUND(const float *x, ptrdiff_t count, float worth, float *words) {
    round_to_words(x, count, worth, words);
}
#endif

CK_SIMD void CK_INT16_PACK(const ck_word_rows *call) {
    const ck_word_rows r = *call;
    for (ptrdiff_t i = 0; i < r.rows; i++) {
        const float *x = r.x + i * r.x_stride;
        float *words = r.words + i * CK_WORD_STRIDE, *factors = r.factors + i * CK_WORD_GROUPS;
        ptrdiff_t left = r.count;
        for (; left >= GROUP_VALUES; left -= GROUP_VALUES, x += GROUP_VALUES, words += CK_GROUP_WORDS) {
            // A whole group's vectors are known to the compiler and stay in registers between.
            float worth = worth_of(x, GROUP_VALUES, CK_INT16_NORM);
            round_to_words(x, GROUP_VALUES, worth, words);
            *factors++ = worth;
        }
        if (left > 0) {
            *factors = worth_of(x, left, CK_INT16_NORM);
            round_to_words(x, left, *factors, words);
        }
    }
}

// The group that needs the largest worth decides for the row.
CK_SIMD void CK_INT16_PACK_ROWS(const ck_word_rows *call) {
    const ck_word_rows r = *call;
    for (ptrdiff_t i = 0; i < r.rows; i++) {
        const float *x = r.x + i * r.x_stride;
        float worth = 0.0f;
        ptrdiff_t k = 0;
        for (; k + ROW_GROUP_VALUES <= r.count; k += ROW_GROUP_VALUES) {
            worth = ck_larger_worth(worth, worth_of(x + k, ROW_GROUP_VALUES, CK_INT16_ROW_NORM));
        }
        if (k < r.count) worth = ck_larger_worth(worth, worth_of(x + k, r.count - k, CK_INT16_ROW_NORM));
        round_to_words(x, r.count, worth, r.words + i * CK_WORD_STRIDE);
        r.factors[i] = worth;
    }
}
