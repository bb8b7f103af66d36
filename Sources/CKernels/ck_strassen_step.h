#pragma once
// What an instruction set's kernels for Strassen's product are told: a sum of quarters, and what one of the seven products
// does to the one or two outputs it is part of.
#include "ck_panel_tile.h"

enum {
    CK_STRASSEN_PAIRS = 66,                   // rows of a sum, at most
    CK_STRASSEN_DEPTH = CK_WORD_DEPTH,        // values of a row of it, at most
    // Rows lie an odd number of cache lines apart, so that those of a tile do not all want the same few places of the
    // first-level cache.
    CK_STRASSEN_STRIDE = CK_STRASSEN_DEPTH + 16,
    CK_STRASSEN_SUM_FLOATS = CK_STRASSEN_PAIRS * CK_STRASSEN_STRIDE,
    CK_STRASSEN_SUMS = 5,
};

// Pairs of rows, each row `depth` values of its left quarter and as many of its right one, and where their sums go:
// CK_STRASSEN_SUMS times CK_STRASSEN_SUM_FLOATS.
typedef struct {
    const float *upper, *lower;
    ptrdiff_t stride;
    float *sums;
    ptrdiff_t rows, depth;
} ck_strassen_rows;

// The sums of one place in the quarters: those of the table of products in ck_strassen.c, in its order.
static inline void ck_strassen_sums_at(const float *upper, const float *lower, ptrdiff_t depth, float *out) {
    out[0] = upper[0] + lower[depth];
    out[CK_STRASSEN_SUM_FLOATS] = upper[0] + upper[depth];
    out[2 * CK_STRASSEN_SUM_FLOATS] = upper[depth] - lower[depth];
    out[3 * CK_STRASSEN_SUM_FLOATS] = lower[0] + lower[depth];
    out[4 * CK_STRASSEN_SUM_FLOATS] = lower[0] - upper[0];
}

typedef enum {
    // To `out`, and to `also`:
    CK_STRASSEN_STORE_BOTH,
    CK_STRASSEN_ADD_STORE,
    CK_STRASSEN_ADD_BOTH,
    CK_STRASSEN_SUBTRACT_STORE,
    CK_STRASSEN_SUBTRACT_ADD,
    // Added to `out` as its last product, so that bias and activation follow; nothing to `also`, added or subtracted.
    CK_STRASSEN_FINISH,
    CK_STRASSEN_FINISH_ADD,
    CK_STRASSEN_FINISH_SUBTRACT,
} ck_strassen_step;

// All columns of the tiles are there.
void ck_strassen_tiles_avx2(const ck_panel_tiles *tiles, ck_strassen_step step);
void ck_strassen_tiles_avx512(const ck_panel_tiles *tiles, ck_strassen_step step);
void ck_strassen_tiles_neon(const ck_panel_tiles *tiles, ck_strassen_step step);

void ck_strassen_sums_avx2(const ck_strassen_rows *rows);
void ck_strassen_sums_avx512(const ck_strassen_rows *rows);
void ck_strassen_sums_neon(const ck_strassen_rows *rows);
