#pragma once
// The matrix product of the encoders: weights packed once into panels, bias and activation applied to the hot tile.
#include <stddef.h>

/// Outputs of one panel.
enum { CK_PANEL_WIDTH = 16 };

/// What follows the product.
typedef enum {
    CK_THEN_NOTHING = 0,
    CK_THEN_GELU = 1,  ///< the exact GELU, x/2 * (1 + erf(x / sqrt 2))
    CK_THEN_RELU = 2,  ///< max(0, x)
} ck_then;

/// One product: out = then(x * weight^T + bias), or then(out + x * weight^T + bias) where `accumulate` is not 0.
typedef struct {
    const float *x;        ///< (rows, depth)
    ptrdiff_t x_stride;    ///< Floats from row to row of x.
    const float *panels;   ///< The packed weight: ck_panel_floats(outputs, depth) floats.
    float *out;            ///< (rows, outputs); must not overlap x.
    ptrdiff_t out_stride;  ///< Floats from row to row of out.
    ptrdiff_t rows, outputs, depth;
    const float *bias;     ///< (outputs), or NULL.
    int accumulate;
    ck_then then;
} ck_panel_product_call;

/// Floats of a packed weight: outputs rounded up to whole panels, times depth.
ptrdiff_t ck_panel_floats(ptrdiff_t outputs, ptrdiff_t depth);

/// Words of `depth` values of sixteen bits, two a word, the size of a float: the last one of an odd depth is filled up with
/// zero.
ptrdiff_t ck_panel_words(ptrdiff_t depth);

/// Packs rows of a weight (count, depth), dense, as outputs first ... first + count - 1 of the `outputs` of `panels`, which
/// were zero before. Layout: (block of the depth, panel, depth within the block, CK_PANEL_WIDTH), the order of reading.
void ck_pack_panels(const float *weight, ptrdiff_t first, ptrdiff_t count, ptrdiff_t outputs, ptrdiff_t depth,
                    float *panels);

/// Computes the product. Every value is summed in an order that depends on `depth` alone, so a row gives the same bits
/// whatever other rows are beside it.
void ck_panel_product(const ck_panel_product_call *call);
