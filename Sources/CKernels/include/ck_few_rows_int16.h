#pragma once
// The product of few rows over integers of sixteen bits: a weight that is used once is read where it lies, in float32, and
// rounded on the way, a piece at a time, into panels that stay in the first-level cache until every row has passed.
//
// What an integer is worth is chosen for every output and each group of 32 of its inputs, and for every row and each block of at
// most 384: as in ck_panel_int16.h no sum of a group can leave 32 bits, whatever the values. Groups are smaller than there
// because the text tower is more sensitive to rounding, and weights have the finer scales because their integers are fewer.
#include "ck_few_rows.h"

/// Floats that packed rows take up.
ptrdiff_t ck_few_rows_int16_floats(ptrdiff_t rows, ptrdiff_t depth);

/// Rounds x (rows, depth), of at most 1e33, to words of two integers; a group that is not all finite makes its row NaN.
void ck_pack_few_rows_int16(const float *x, ptrdiff_t x_stride, ptrdiff_t rows, ptrdiff_t depth, float *packed);

/// As ck_few_rows_product, over rows that ck_pack_few_rows_int16 packed; an output whose weights are not all finite becomes
/// NaN. Every value depends on its row and its output alone, and has the same bits with AVX2 and AVX-512. Slow where
/// ck_has_int16 is 0.
void ck_few_rows_product_int16(const ck_few_rows_call *call);
