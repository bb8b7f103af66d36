#pragma once
// What the blocked product hands to an instruction set's tiles: some rows of x against one block of a few panels.
#include "ck_panel_product.h"

typedef struct {
    const float *x;           // (rows, depth)
    const float *panel;       // (depth, CK_PANEL_WIDTH), the first of the kernel's panels
    const float *next_panel;  // what comes next, to be fetched early; never read
    float *out;               // (rows, columns)
    const float *bias;        // (columns) or NULL
    ptrdiff_t x_stride, panel_stride, out_stride, rows, columns, depth;
    int accumulate;
    ck_then then;
} ck_panel_tiles;

/// One path's tiles, and how many panels they take at once.
typedef struct {
    void (*run)(const ck_panel_tiles *);
    ptrdiff_t panels;
} ck_panel_kernel;

void ck_panel_tiles_scalar(const ck_panel_tiles *tiles);
void ck_panel_tiles_avx2(const ck_panel_tiles *tiles);
void ck_panel_tiles_avx512(const ck_panel_tiles *tiles);
void ck_panel_tiles_neon(const ck_panel_tiles *tiles);
