// Tiles of the product of few rows in the vocabulary of ck_simd.h; a file includes this once after naming it
// CK_FEW_ROWS_TILES.
//
// A tile is some vectors of rows by some outputs: a vector holds one input of several rows, and one value of the weight
// is broadcast to it. Its sums fill the registers but for the rows and that value.
#include "ck_few_rows_tile.h"
#include "ck_simd.h"

#if defined(__x86_64__) && defined(CK_WANT_AVX512)
// Rows come in eights, so the last vector may be half a one.
typedef __m256 half_vector;
// Of more outputs, or unrolled further, the compiler keeps the addresses and then sums in memory: half as much time again.
enum { HAS_HALVES = 1, MOST_SUMS = 24, MOST_OUTPUTS = 6, UNROLL = 2 };
CK_SIMD_INLINE half_vector half_load(const float *p) { return _mm256_loadu_ps(p); }
CK_SIMD_INLINE void half_store(float *p, half_vector a) { _mm256_storeu_ps(p, a); }
CK_SIMD_INLINE half_vector half_set(float a) { return _mm256_set1_ps(a); }
CK_SIMD_INLINE half_vector half_add(half_vector a, half_vector b) { return _mm256_add_ps(a, b); }
CK_SIMD_INLINE half_vector half_fma(half_vector a, half_vector b, half_vector c) { return _mm256_fmadd_ps(a, b, c); }
#else
typedef vf half_vector;
enum { HAS_HALVES = 0, MOST_OUTPUTS = 8, UNROLL = 4 };
CK_SIMD_INLINE half_vector half_load(const float *p) { return vf_load(p); }
CK_SIMD_INLINE void half_store(float *p, half_vector a) { vf_store(p, a); }
CK_SIMD_INLINE half_vector half_set(float a) { return vf_set(a); }
CK_SIMD_INLINE half_vector half_add(half_vector a, half_vector b) { return vf_add(a, b); }
CK_SIMD_INLINE half_vector half_fma(half_vector a, half_vector b, half_vector c) { return vf_fma(a, b, c); }
#if defined(__x86_64__)
enum { MOST_SUMS = 12 };
#else
enum { MOST_SUMS = 24 };
#endif
#endif

enum { MOST_VECTORS = 3, LINE_FLOATS = 16 };

typedef struct {
    vf whole[MOST_OUTPUTS][MOST_VECTORS];
    half_vector half[MOST_OUTPUTS];
} tile_sums;

CK_SIMD_INLINE void step(const float *packed, const float *const weight[MOST_OUTPUTS], ptrdiff_t k, int outputs,
                         int vectors, int has_half, tile_sums *sums) {
    vf rows[MOST_VECTORS];
    half_vector half_rows = half_set(0.0f);
    for (int v = 0; v < vectors; v++) rows[v] = vf_load(packed + v * VF_LANES);
    if (has_half) half_rows = half_load(packed + vectors * VF_LANES);
#pragma clang loop unroll(full)
    for (int j = 0; j < outputs; j++) {
        vf value = vf_set(weight[j][k]);
#pragma clang loop unroll(full)
        for (int v = 0; v < vectors; v++) sums->whole[j][v] = vf_fma(rows[v], value, sums->whole[j][v]);
        if (has_half) sums->half[j] = half_fma(half_rows, half_set(weight[j][k]), sums->half[j]);
    }
}

// `outputs`, `vectors` and `has_half` are constants at every call, so that the sums stay in registers.
CK_SIMD_INLINE void tile(const ck_few_rows_tiles *t, ptrdiff_t row, ptrdiff_t output, int outputs, int vectors,
                         int has_half, const float *ahead, ptrdiff_t ahead_step) {
    tile_sums sums;
    const float *packed = t->packed + row, *weight[MOST_OUTPUTS];
#pragma clang loop unroll(full)
    for (int j = 0; j < outputs; j++) {
        weight[j] = t->weight + (output + j) * t->weight_stride;
        if (outputs < CK_ADDRESS_REGISTERS) CK_OWN_REGISTER(weight[j]);
#pragma clang loop unroll(full)
        for (int v = 0; v < vectors; v++) sums.whole[j][v] = vf_set(0.0f);
        sums.half[j] = half_set(0.0f);
    }
    ptrdiff_t k = 0;
    for (; k + UNROLL <= t->depth; k += UNROLL, packed += UNROLL * t->width) {
        __builtin_prefetch(ahead, 0, 2);
        __builtin_prefetch(ahead + LINE_FLOATS, 0, 2);
        ahead += ahead_step;
#pragma clang loop unroll(full)
        for (int u = 0; u < UNROLL; u++) {
            step(packed + u * t->width, weight, k + u, outputs, vectors, has_half, &sums);
        }
    }
    for (; k < t->depth; k++, packed += t->width) step(packed, weight, k, outputs, vectors, has_half, &sums);
#pragma clang loop unroll(full)
    for (int j = 0; j < outputs; j++) {
        float *at = t->sums + (output + j) * t->width + row;
#pragma clang loop unroll(full)
        for (int v = 0; v < vectors; v++, at += VF_LANES) {
            vf_store(at, t->accumulate ? vf_add(vf_load(at), sums.whole[j][v]) : sums.whole[j][v]);
        }
        if (has_half) half_store(at, t->accumulate ? half_add(half_load(at), sums.half[j]) : sums.half[j]);
    }
}

// All outputs against some vectors of rows.
CK_SIMD_INLINE void strip(const ck_few_rows_tiles *t, ptrdiff_t row, int vectors, int has_half, const float *ahead,
                          ptrdiff_t ahead_step) {
    int most = MOST_SUMS / (vectors + has_half), outputs = most < MOST_OUTPUTS ? most : MOST_OUTPUTS;
    ptrdiff_t j = 0;
    for (; j + outputs <= t->outputs; j += outputs) {
        tile(t, row, j, outputs, vectors, has_half, ahead, ahead_step);
        ahead += t->depth / UNROLL * ahead_step;
    }
    for (; j < t->outputs; j++) tile(t, row, j, 1, vectors, has_half, ahead, 0);
}

CK_SIMD void CK_FEW_ROWS_TILES(const ck_few_rows_tiles *t) {
    ptrdiff_t vectors = t->width / VF_LANES, half = HAS_HALVES ? t->width % VF_LANES != 0 : 0, row = 0;
    // How far to fetch ahead at each step, so that all steps together fetch everything.
    ptrdiff_t tiles = 1 + (vectors + half) * t->outputs / MOST_SUMS, steps = tiles * (t->depth / UNROLL) + 1;
    ptrdiff_t ahead_step = t->ahead_floats / steps + 1;
    const float *ahead = t->ahead;
    ptrdiff_t per_vector = t->ahead_floats / (vectors + half);
    // No vector stays alone where it can have company: one has too few sums to fill the registers.
    while (vectors + half > 0) {
        switch (vectors + half) {
        case 1:
            if (half) strip(t, row, 0, HAS_HALVES, ahead, ahead_step);
            else strip(t, row, 1, 0, ahead, ahead_step);
            return;
        case 2:
            if (half) strip(t, row, 1, HAS_HALVES, ahead, ahead_step);
            else strip(t, row, 2, 0, ahead, ahead_step);
            return;
        case 3:
            if (half) strip(t, row, 2, HAS_HALVES, ahead, ahead_step);
            else strip(t, row, 3, 0, ahead, ahead_step);
            return;
        case 4:
        case 5:
            strip(t, row, 2, 0, ahead, ahead_step);
            vectors -= 2;
            row += 2 * VF_LANES;
            ahead += 2 * per_vector;
            break;
        default:
            strip(t, row, 3, 0, ahead, ahead_step);
            vectors -= 3;
            row += 3 * VF_LANES;
            ahead += 3 * per_vector;
            break;
        }
    }
}
