// Rounds a piece of a weight to integers and lays it out as a panel, with AVX2: a load per four values, and as few moves
// between lanes as the layout allows. The piece is read twice, the second time from the first-level cache.
#if defined(__x86_64__)
#include "ck_few_rows_int16_tile.h"
#include "ck_simd.h"

enum {
    HALF = CK_PANEL_WIDTH / 2,
    GROUPS = CK_ROW_WORD_GROUPS,
    // Values that are laid out together, and their words.
    STEP = 8,
    STEP_WORDS = STEP / 2,
};

// Four vectors' sums side by side.
CK_SIMD_INLINE __m128 sums_of_four(const vf a[4]) {
    __m256 left = _mm256_add_ps(_mm256_unpacklo_ps(a[0], a[1]), _mm256_unpackhi_ps(a[0], a[1]));
    __m256 right = _mm256_add_ps(_mm256_unpacklo_ps(a[2], a[3]), _mm256_unpackhi_ps(a[2], a[3]));
    __m256 sums = _mm256_add_ps(_mm256_shuffle_ps(left, right, 0x44), _mm256_shuffle_ps(left, right, 0xEE));
    return _mm_add_ps(_mm256_castps256_ps128(sums), _mm256_extractf128_ps(sums, 1));
}

// What an integer of each group of one output is worth, and its inverse.
CK_SIMD_INLINE void worths_of(const float *x, ptrdiff_t count, float worths[GROUPS], float factors[GROUPS]) {
    vf squares[GROUPS];
#pragma clang loop unroll(full)
    for (int g = 0; g < GROUPS; g++) {
        squares[g] = vf_set(0.0f);
#pragma clang loop unroll(full)
        for (int v = 0; v < CK_ROUNDED_GROUP; v += VF_LANES) {
            ptrdiff_t at = g * CK_ROUNDED_GROUP + v, left = count - at;
            if (left <= 0) break;
            vf value = left >= VF_LANES ? vf_load(x + at) : vf_load_tail(x + at, left);
            squares[g] = vf_fma(value, value, squares[g]);
        }
    }
    int ordinary = 0, all = (1 << (count + CK_ROUNDED_GROUP - 1) / CK_ROUNDED_GROUP) - 1;
    for (int g = 0; g < GROUPS; g += 4) {
        __m128 sums = sums_of_four(squares + g);
        __m128 worth = _mm_mul_ps(_mm_sqrt_ps(sums), _mm_set1_ps(1.0f / CK_INT16_WEIGHT_NORM));
        _mm_storeu_ps(worths + g, worth);
        _mm_storeu_ps(factors + g, _mm_div_ps(_mm_set1_ps(1.0f), worth));
        __m128 above = _mm_cmpgt_ps(sums, _mm_set1_ps(1e-30f)), below = _mm_cmplt_ps(sums, _mm_set1_ps(1e30f));
        ordinary |= _mm_movemask_ps(_mm_and_ps(above, below)) << g;
    }
    if ((ordinary & all) == all) return;
    // Sums that overflowed or lost bits, and what is not a number.
    for (ptrdiff_t g = 0; all >> g; g++) {
        if (ordinary >> g & 1) continue;
        ptrdiff_t left = count - g * CK_ROUNDED_GROUP;
        left = left < CK_ROUNDED_GROUP ? left : CK_ROUNDED_GROUP;
        worths[g] = ck_int16_worth_of_extremes(x + g * CK_ROUNDED_GROUP, left, CK_INT16_WEIGHT_NORM);
        factors[g] = 1.0f / worths[g];
    }
}

// Eight outputs' values from k on, four words of each: the upper lanes hold outputs 4 ... 7.
CK_SIMD_INLINE void lay_out(const float *const x[HALF], ptrdiff_t k, const vf by[HALF / 2], float *out) {
    __m256i words[HALF / 2];
#pragma clang loop unroll(full)
    for (int r = 0; r < HALF / 2; r++) {
        const float *low = x[r] + k, *high = x[r + HALF / 2] + k;
        vf first = _mm256_insertf128_ps(_mm256_castps128_ps256(_mm_loadu_ps(low)), _mm_loadu_ps(high), 1);
        vf second = _mm256_insertf128_ps(_mm256_castps128_ps256(_mm_loadu_ps(low + 4)), _mm_loadu_ps(high + 4), 1);
        first = vf_mul(first, by[r]);
        second = vf_mul(second, by[r]);
        words[r] = _mm256_packs_epi32(_mm256_cvtps_epi32(first), _mm256_cvtps_epi32(second));
    }
    __m256i a = _mm256_unpacklo_epi32(words[0], words[1]), b = _mm256_unpackhi_epi32(words[0], words[1]);
    __m256i c = _mm256_unpacklo_epi32(words[2], words[3]), d = _mm256_unpackhi_epi32(words[2], words[3]);
    _mm256_storeu_si256((__m256i *)out, _mm256_unpacklo_epi64(a, c));
    _mm256_storeu_si256((__m256i *)(out + CK_PANEL_WIDTH), _mm256_unpackhi_epi64(a, c));
    _mm256_storeu_si256((__m256i *)(out + 2 * CK_PANEL_WIDTH), _mm256_unpacklo_epi64(b, d));
    _mm256_storeu_si256((__m256i *)(out + 3 * CK_PANEL_WIDTH), _mm256_unpackhi_epi64(b, d));
}

// Eight outputs' values from `from` on, at most a group, times their factors.
CK_SIMD_INLINE void lay_out_group(const float *const x[HALF], ptrdiff_t from, ptrdiff_t count,
                                  const float *factors, float *out) {
    vf by[HALF / 2];
    for (int r = 0; r < HALF / 2; r++) {
        __m256 low = _mm256_castps128_ps256(_mm_broadcast_ss(factors + r * GROUPS));
        by[r] = _mm256_insertf128_ps(low, _mm_broadcast_ss(factors + (r + HALF / 2) * GROUPS), 1);
    }
    ptrdiff_t k = 0;
    for (; k + STEP <= count; k += STEP, out += STEP_WORDS * CK_PANEL_WIDTH) lay_out(x, from + k, by, out);
    if (k == count) return;
    // The last few, filled up with zeros.
    float last[HALF][STEP];
    const float *rows[HALF];
    for (int r = 0; r < HALF; r++) {
        vf_store(last[r], vf_load_tail(x[r] + from + k, count - k));
        rows[r] = last[r];
    }
    lay_out(rows, 0, by, out);
}

CK_SIMD void ck_int16_panel_avx2(const ck_panel_rounding *rounding) {
    const ck_panel_rounding r = *rounding;
    const float *x[CK_PANEL_WIDTH];
    float worths[CK_PANEL_WIDTH][GROUPS], factors[CK_PANEL_WIDTH][GROUPS];
    for (ptrdiff_t j = 0; j < CK_PANEL_WIDTH; j++) {
        x[j] = r.weight + (j < r.outputs ? j : r.outputs - 1) * r.stride;
        // A length that the compiler knows, where it is the usual one.
        if (r.count == CK_ROUNDED_VALUES) {
            worths_of(x[j], CK_ROUNDED_VALUES, worths[j], factors[j]);
        } else {
            worths_of(x[j], r.count, worths[j], factors[j]);
        }
    }
    for (ptrdiff_t g = 0, from = 0; from < r.count; g++, from += CK_ROUNDED_GROUP) {
        float *scales = r.scales + g * r.scales_stride, *out = r.panel + g * CK_ROW_GROUP_WORDS * CK_PANEL_WIDTH;
        for (ptrdiff_t j = 0; j < CK_PANEL_WIDTH; j++) scales[j] = worths[j][g];
        for (ptrdiff_t half = 0; half < CK_PANEL_WIDTH; half += HALF) {
            if (r.count - from >= CK_ROUNDED_GROUP) {
                lay_out_group(x + half, from, CK_ROUNDED_GROUP, &factors[half][g], out + half);
            } else {
                lay_out_group(x + half, from, r.count - from, &factors[half][g], out + half);
            }
        }
    }
}
#endif
