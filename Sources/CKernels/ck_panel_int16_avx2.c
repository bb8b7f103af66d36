// The blocked product over integers with AVX2: tiles of 6 rows by 16 outputs, two steps of the depth at once, and how rows
// become integers.
#if defined(__x86_64__)
#define CK_TILE_ROWS 6
#define CK_TILE_PANELS 1
#define CK_TILES ck_panel_tiles_int16_avx2
#define CK_TILE_INTEGERS
#include "ck_panel_lanes.h"

#include <math.h>

enum { GROUP_VECTORS = 2 * CK_GROUP_WORDS / VF_LANES };

// The group's vectors, the last one filled up with zeros; returns how many.
CK_SIMD_INLINE int load_group(const float *x, ptrdiff_t count, vf values[GROUP_VECTORS]) {
    int vectors = 0;
    for (; count >= VF_LANES; count -= VF_LANES, x += VF_LANES) values[vectors++] = vf_load(x);
    if (count > 0) values[vectors++] = vf_load_tail(x, count);
    return vectors;
}

// The largest scale with which no integer and no sum of the group leaves its bits.
CK_SIMD_INLINE float scale_of(const float *x, ptrdiff_t count, const vf values[GROUP_VECTORS], int vectors) {
    vf sign = vf_set(-0.0f), largest = vf_set(0.0f), squares[2] = {vf_set(0.0f), vf_set(0.0f)};
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) {
        largest = vf_max(largest, _mm256_andnot_ps(sign, values[v]));
        squares[v % 2] = vf_fma(values[v], values[v], squares[v % 2]);
    }
    float sum = vf_sum(vf_add(squares[0], squares[1]));
    // Sums that overflowed or lost bits, and what is not a number.
    if (!(sum > 1e-30f && sum < 1e30f)) return ck_int16_scale_of_extremes(x, count);
    float by_largest = CK_INT16_LARGEST / vf_largest(largest), by_norm = CK_INT16_NORM / sqrtf(sum);
    return by_largest < by_norm ? by_largest : by_norm;
}

// Sixteen values to eight words.
CK_SIMD_INLINE void store_words(float *words, vf first, vf second) {
    __m256i pairs = _mm256_packs_epi32(_mm256_cvtps_epi32(first), _mm256_cvtps_epi32(second));
    // Packing works in halves.
    vf_store(words, _mm256_castsi256_ps(_mm256_permute4x64_epi64(pairs, _MM_SHUFFLE(3, 1, 2, 0))));
}

CK_SIMD float ck_int16_scale_avx2(const float *x, ptrdiff_t count) {
    vf values[GROUP_VECTORS];
    int vectors = load_group(x, count, values);
    return scale_of(x, count, values, vectors);
}

CK_SIMD void ck_int16_round_avx2(const float *x, ptrdiff_t count, float scale, float *words) {
    vf by = vf_set(scale);
    for (; count >= 2 * VF_LANES; count -= 2 * VF_LANES, x += 2 * VF_LANES, words += VF_LANES) {
        store_words(words, vf_mul(vf_load(x), by), vf_mul(vf_load(x + VF_LANES), by));
    }
    if (count <= 0) return;
    ptrdiff_t beyond = count - VF_LANES;
    vf first = beyond >= 0 ? vf_load(x) : vf_load_tail(x, count);
    vf second = beyond > 0 ? vf_load_tail(x + VF_LANES, beyond) : vf_set(0.0f);
    float last[VF_LANES];
    store_words(last, vf_mul(first, by), vf_mul(second, by));
    for (ptrdiff_t i = 0; i < (count + 1) / 2; i++) words[i] = last[i];
}

// A whole group, kept in registers between.
CK_SIMD_INLINE float pack_whole_group(const float *x, float *words) {
    vf values[GROUP_VECTORS];
#pragma clang loop unroll(full)
    for (int v = 0; v < GROUP_VECTORS; v++) values[v] = vf_load(x + v * VF_LANES);
    float scale = scale_of(x, 2 * CK_GROUP_WORDS, values, GROUP_VECTORS);
    vf by = vf_set(scale);
#pragma clang loop unroll(full)
    for (int v = 0; v < GROUP_VECTORS; v += 2) {
        store_words(words + v / 2 * VF_LANES, vf_mul(values[v], by), vf_mul(values[v + 1], by));
    }
    return 1.0f / scale;
}

CK_SIMD void ck_int16_pack_avx2(const ck_word_rows *call) {
    const ck_word_rows r = *call;
    ptrdiff_t depth = ck_panel_words(r.count);
    for (ptrdiff_t i = 0; i < r.rows; i++) {
        const float *x = r.x + i * r.x_stride;
        float *words = r.words + i * depth, *factors = r.factors + i * CK_WORD_GROUPS;
        ptrdiff_t left = r.count;
        for (; left >= 2 * CK_GROUP_WORDS; left -= 2 * CK_GROUP_WORDS, x += 2 * CK_GROUP_WORDS) {
            *factors++ = pack_whole_group(x, words);
            words += CK_GROUP_WORDS;
        }
        if (left > 0) {
            float scale = ck_int16_scale_avx2(x, left);
            ck_int16_round_avx2(x, left, scale, words);
            *factors = 1.0f / scale;
        }
    }
}
#endif
