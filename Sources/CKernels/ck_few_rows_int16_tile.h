#pragma once
// What the product of few rows over integers hands to an instruction set: a piece of a weight that becomes a panel.
#include "ck_panel_tile.h"

/// Values of an output that are rounded together, at most; and of a group of them, as for x.
enum { CK_ROUNDED_VALUES = 2 * CK_WORD_DEPTH, CK_ROUNDED_GROUP = 2 * CK_ROW_GROUP_WORDS };

typedef struct {
    const float *weight;  // (outputs, count), `stride` floats from output to output
    ptrdiff_t stride, outputs, count;
    float *panel;   // (words of count, rounded up to four, CK_PANEL_WIDTH); outputs beyond the last repeat it
    float *scales;  // (groups, CK_PANEL_WIDTH), `scales_stride` from group to group: what an integer is worth
    ptrdiff_t scales_stride;
} ck_panel_rounding;

void ck_int16_panel_scalar(const ck_panel_rounding *rounding);
void ck_int16_panel_avx2(const ck_panel_rounding *rounding);
