#pragma once
// What the product of few rows hands to an instruction set's tiles: some outputs' weights against one block of packed rows.
#include "ck_few_rows.h"

typedef struct {
    const float *packed;  // (depth, width), a block of the depth of a block of rows
    const float *weight;  // (outputs, depth), the same block of the depth
    const float *ahead;   // weights that come next, to be fetched early; never read
    float *sums;          // (outputs, width)
    ptrdiff_t width, weight_stride, outputs, depth, ahead_floats;
    int accumulate;       // whether to add to `sums`
} ck_few_rows_tiles;

void ck_few_rows_tiles_scalar(const ck_few_rows_tiles *tiles);
void ck_few_rows_tiles_avx2(const ck_few_rows_tiles *tiles);
void ck_few_rows_tiles_avx512(const ck_few_rows_tiles *tiles);
void ck_few_rows_tiles_neon(const ck_few_rows_tiles *tiles);
