#pragma once
// What the blocked product hands to an instruction set's tiles: some rows of x against one block of a few panels.
#include "ck_panel_product.h"

typedef struct {
    const float *x;           // (rows, depth)
    const float *panel;       // (depth, CK_PANEL_WIDTH), the first of the kernel's panels
    const float *next_panel;  // what comes next, to be fetched early; never read
    float *out;               // (rows, columns)
    float *also;              // (rows, columns) of the same stride; Strassen's products go to two places
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

/// The size of each of the fewest equal blocks of at most `most` that cover `count`, in whole multiples of `grain`.
static inline ptrdiff_t ck_even_block(ptrdiff_t count, ptrdiff_t most, ptrdiff_t grain) {
    ptrdiff_t blocks = (count + most - 1) / most;
    ptrdiff_t size = (count + blocks - 1) / blocks;
    return (size + grain - 1) / grain * grain;
}

/// The blocks of a product, each handed to `kernel`. `words` is NULL for float32 panels; for bfloat16 ones it is room for
/// CK_WORD_ROWS * CK_WORD_DEPTH words, a block of x at a time.
void ck_panel_blocks(const ck_panel_product_call *call, ck_panel_kernel kernel, float *words);

/// A block of x in words of two bfloat16: at most this many rows, and this many words in a row. 101 KB.
enum { CK_WORD_ROWS = 132, CK_WORD_DEPTH = 192 };

void ck_panel_tiles_scalar(const ck_panel_tiles *tiles);
void ck_panel_tiles_avx2(const ck_panel_tiles *tiles);
void ck_panel_tiles_avx512(const ck_panel_tiles *tiles);
void ck_panel_tiles_neon(const ck_panel_tiles *tiles);

// The same over words of two bfloat16; x_stride, panel_stride and depth count words.
void ck_panel_tiles_bf16_scalar(const ck_panel_tiles *tiles);
void ck_panel_tiles_bf16_avx512(const ck_panel_tiles *tiles);
void ck_bf16_words_avx512(const float *x, ptrdiff_t count, float *words);

/// Bias, what was there, and activation, for one value.
float ck_panel_finish(float value, ck_then then);
