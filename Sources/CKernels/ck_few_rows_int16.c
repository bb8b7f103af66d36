// The product of few rows over integers: blocks, dispatch, and the scalar twin of the rounding.
#include "ck_few_rows_int16.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "ck_dispatch.h"
#include "ck_few_rows_int16_tile.h"
#include "ck_panel_int16.h"

enum { MOST_PANELS = 2, STEPS_PER_FETCH = 4, LINE_FLOATS = 16 };

// How many pieces of at most `size` cover `count`.
static ptrdiff_t in_pieces(ptrdiff_t count, ptrdiff_t size) { return (count + size - 1) / size; }

static ptrdiff_t smaller(ptrdiff_t a, ptrdiff_t b) { return a < b ? a : b; }

// How a depth is cut: the blocks of the product over packed panels, in values.
typedef struct {
    ptrdiff_t count, values;
} depth_blocks;

static depth_blocks blocks_of(ptrdiff_t depth) {
    ptrdiff_t values = 2 * ck_depth_block(ck_panel_words(depth));
    return (depth_blocks){in_pieces(depth, values), values};
}

// MARK: scalar

void ck_int16_panel_scalar(const ck_panel_rounding *r) {
    for (ptrdiff_t j = 0; j < CK_PANEL_WIDTH; j++) {
        const float *x = r->weight + smaller(j, r->outputs - 1) * r->stride;
        for (ptrdiff_t from = 0, group = 0; from < r->count; from += CK_ROUNDED_GROUP, group++) {
            ptrdiff_t to = smaller(from + CK_ROUNDED_GROUP, r->count);
            float worth = ck_int16_worth_of_extremes(x + from, to - from, CK_INT16_WEIGHT_NORM);
            float factor = 1.0f / worth;
            r->scales[group * r->scales_stride + j] = worth;
            for (ptrdiff_t k = from; k < to; k += 2) {
                int16_t pair[2] = {0, 0};
                for (ptrdiff_t i = k; i < smaller(k + 2, to); i++) {
                    float value = nearbyintf(x[i] * factor);
                    // What is not a number is told by the scale.
                    pair[i - k] = value == value ? (int16_t)value : 0;
                }
                memcpy(r->panel + k / 2 * CK_PANEL_WIDTH + j, pair, sizeof pair);
            }
        }
    }
}

// MARK: dispatch

// One path's functions, and how many panels and rows its tiles take.
typedef struct {
    void (*pack)(const ck_word_rows *);
    void (*round)(const ck_panel_rounding *);
    void (*run)(const ck_panel_tiles *);
    ptrdiff_t panels, tile_rows;
} row_kernel;

static row_kernel choose_kernel(ptrdiff_t rows) {
#if defined(__x86_64__)
    if (ck_has_int16()) {
        // Of fewer rows the time goes into the weights' way from memory, and one panel at a time divides it better.
        if (ck_active_isa() == CK_ISA_AVX512 && rows > 16) {
            return (row_kernel){ck_int16_pack_rows_avx512, ck_int16_panel_avx2, ck_row_tiles_int16_avx512, 2, 12};
        }
        return (row_kernel){ck_int16_pack_rows_avx2, ck_int16_panel_avx2, ck_row_tiles_int16_avx2, 1, 6};
    }
#else
    (void)rows;
#endif
    return (row_kernel){ck_int16_pack_rows_scalar, ck_int16_panel_scalar, ck_row_tiles_int16_scalar, 1, 1};
}

// MARK: blocks

// What is rounded next, `outputs` rows of it, divided among so many fetches.
static ck_rows_ahead rows_ahead(const float *next, ptrdiff_t count, ptrdiff_t stride, ptrdiff_t outputs,
                                ptrdiff_t fetches) {
    // A row that does not begin with a line ends in one more; nothing else would fetch it in time.
    ptrdiff_t begun = (ptrdiff_t)((uintptr_t)next / sizeof(float) % LINE_FLOATS);
    ptrdiff_t lines = in_pieces(begun + count, LINE_FLOATS), fetches_per_row = fetches / outputs;
    return (ck_rows_ahead){
        .rows = next,
        .count = lines * LINE_FLOATS,
        .stride = stride,
        .lines = fetches_per_row > 0 ? in_pieces(lines, fetches_per_row) : lines,
    };
}

// Layout: the words, (blocks of the depth, rows, CK_WORD_STRIDE), then the factors, (blocks, rows).
ptrdiff_t ck_few_rows_int16_floats(ptrdiff_t rows, ptrdiff_t depth) {
    if (rows <= 0 || depth <= 0) return 0;
    return blocks_of(depth).count * rows * (CK_WORD_STRIDE + 1);
}

void ck_pack_few_rows_int16(const float *x, ptrdiff_t x_stride, ptrdiff_t rows, ptrdiff_t depth, float *packed) {
    if (rows <= 0 || depth <= 0) return;
    depth_blocks blocks = blocks_of(depth);
    float *factors = packed + blocks.count * rows * CK_WORD_STRIDE;
    row_kernel kernel = choose_kernel(rows);
    for (ptrdiff_t block = 0; block < blocks.count; block++) {
        ptrdiff_t k = block * blocks.values;
        kernel.pack(&(ck_word_rows){
            .x = x + k,
            .x_stride = x_stride,
            .rows = rows,
            .count = smaller(blocks.values, depth - k),
            .words = packed + block * rows * CK_WORD_STRIDE,
            .factors = factors + block * rows,
        });
    }
}

void ck_few_rows_product_int16(const ck_few_rows_call *call) {
    ptrdiff_t rows = call->rows, outputs = call->outputs, depth = call->depth;
    if (rows <= 0 || outputs <= 0 || depth <= 0) return;
    _Alignas(64) float panels[MOST_PANELS * CK_WORD_DEPTH * CK_PANEL_WIDTH] = {0};
    float scales[CK_ROW_WORD_GROUPS * MOST_PANELS * CK_PANEL_WIDTH];
    row_kernel kernel = choose_kernel(rows);
    depth_blocks blocks = blocks_of(depth);
    ptrdiff_t width = kernel.panels * CK_PANEL_WIDTH, tiles = in_pieces(rows, kernel.tile_rows);
    const float *factors = call->packed + blocks.count * rows * CK_WORD_STRIDE;
    for (ptrdiff_t j = 0; j < outputs; j += width) {
        for (ptrdiff_t block = 0; block < blocks.count; block++) {
            int is_last = block == blocks.count - 1;
            ptrdiff_t k = block * blocks.values, count = smaller(blocks.values, depth - k);
            const float *weight = call->weight + j * depth + k;
            ck_panel_tiles t = {
                .x = call->packed + block * rows * CK_WORD_STRIDE,
                .panel = panels,
                .out = call->out + j,
                .bias = is_last && call->bias ? call->bias + j : NULL,
                .factors = factors + block * rows,
                .scales = scales,
                .x_stride = CK_WORD_STRIDE,
                .panel_stride = CK_WORD_DEPTH * CK_PANEL_WIDTH,
                .out_stride = call->out_stride,
                .rows = rows,
                .columns = smaller(width, outputs - j),
                .depth = ck_panel_words(count),
                .accumulate = call->accumulate || block > 0,
                .then = is_last ? call->then : CK_THEN_NOTHING,
            };
            for (ptrdiff_t from = 0; from < t.columns; from += CK_PANEL_WIDTH) {
                kernel.round(&(ck_panel_rounding){
                    .weight = weight + from * depth,
                    .stride = depth,
                    .outputs = smaller(CK_PANEL_WIDTH, t.columns - from),
                    .count = count,
                    .panel = panels + from / CK_PANEL_WIDTH * t.panel_stride,
                    .scales = scales + from,
                    .scales_stride = width,
                });
            }
            if (!is_last) {
                ptrdiff_t next = smaller(blocks.values, depth - k - count);
                t.ahead = rows_ahead(weight + count, next, depth, width, tiles * (t.depth / STEPS_PER_FETCH));
            } else if (j + width < outputs) {
                const float *next = call->weight + (j + width) * depth;
                ptrdiff_t next_count = smaller(blocks.values, depth);
                t.ahead = rows_ahead(next, next_count, depth, width, tiles * (t.depth / STEPS_PER_FETCH));
            }
            kernel.run(&t);
        }
    }
}
