#pragma once
// The matrix product by seven half-size products in place of eight. A weight is packed once, as its seven sums of quarters;
// the sums of the rows' quarters are made block by block, and each product's tile is added to the one or two quarters of the
// output it is part of while it is in registers. Strassen 1969, https://doi.org/10.1007/BF02165411; the fusing after Huang
// et al. 2016, https://doi.org/10.1109/SC.2016.58.
//
// An eighth of the multiply-adds are saved, at 7/4 of the packed weight's memory: worth it for deep and wide weights that
// many rows pass. Errors are a small multiple of those of ck_panel_product, relative to the largest values of two rows.
#include "ck_panel_product.h"

/// Whether a weight of this shape can be packed so: outputs in whole multiples of 64, a depth that can be cut evenly.
int ck_strassen_fits(ptrdiff_t outputs, ptrdiff_t depth);

/// Floats of a packed weight.
ptrdiff_t ck_strassen_floats(ptrdiff_t outputs, ptrdiff_t depth);

/// Packs some columns of panels, `first` ... `first + count - 1` of the outputs / 32 there are; `rows` are the weight's
/// `outputs` rows of `depth` floats, wherever they lie.
void ck_strassen_pack(const float *const *rows, ptrdiff_t outputs, ptrdiff_t depth, ptrdiff_t first, ptrdiff_t count,
                      float *panels);

/// Floats of `scratch`.
ptrdiff_t ck_strassen_scratch_floats(ptrdiff_t outputs, ptrdiff_t depth);

/// As ck_panel_product, over `panels` that ck_strassen_pack made. The rows are taken in pairs, by their number alone: a call
/// gives the same bits every time, on every vector width of one machine, but a row depends on the one it is paired with.
void ck_strassen_product(const ck_panel_product_call *call, float *scratch);
