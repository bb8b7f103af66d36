// Blocked matrix product over packed weights: a block of a panel stays in L1 while the rows of a block of x, which stays
// in L2, pass by; a tile of a few rows by the panel is summed in registers and finished before it is stored.
// After Goto & van de Geijn, https://dl.acm.org/doi/10.1145/1356052.1356053; x needs no packing, because its rows are
// read along the depth only.
#include "ck_panel_product.h"

#include <math.h>

#include "ck_dispatch.h"
#include "ck_panel_tile.h"

// A block of two panels is at most DEPTH_BLOCK x 32 floats, 24 KB: most of the smallest L1. A block of x is at most
// ROW_BLOCK x DEPTH_BLOCK floats, 194 KB: half of a usual L2. The depth's blocks decide the order of the sums, so they are
// the same on every path.
enum { DEPTH_BLOCK = CK_WORD_DEPTH, ROW_BLOCK = 252, TILE_ROW_GRAIN = 12 };

ptrdiff_t ck_depth_block(ptrdiff_t depth) { return ck_even_block(depth, DEPTH_BLOCK, 4); }

static ptrdiff_t padded(ptrdiff_t outputs) {
    return (outputs + CK_PANEL_WIDTH - 1) / CK_PANEL_WIDTH * CK_PANEL_WIDTH;
}

ptrdiff_t ck_panel_floats(ptrdiff_t outputs, ptrdiff_t depth) { return padded(outputs) * depth; }

ptrdiff_t ck_panel_words(ptrdiff_t depth) { return (depth + 1) / 2; }

// `count` rows, at most a panel's width, side by side: (depth, width) from (count, depth).
static void interleave(const float *rows, ptrdiff_t count, ptrdiff_t row_stride, ptrdiff_t depth, float *panel) {
    if (count == CK_PANEL_WIDTH) {
        // The usual case, with a length the compiler knows.
        for (ptrdiff_t k = 0; k < depth; k++) {
            for (ptrdiff_t i = 0; i < CK_PANEL_WIDTH; i++) panel[k * CK_PANEL_WIDTH + i] = rows[i * row_stride + k];
        }
        return;
    }
    for (ptrdiff_t k = 0; k < depth; k++) {
        for (ptrdiff_t i = 0; i < count; i++) panel[k * CK_PANEL_WIDTH + i] = rows[i * row_stride + k];
    }
}

void ck_pack_panels(const float *weight, ptrdiff_t first, ptrdiff_t count, ptrdiff_t outputs, ptrdiff_t depth,
                    float *panels) {
    ptrdiff_t depth_block = ck_depth_block(depth);
    for (ptrdiff_t done = 0; done < count;) {
        ptrdiff_t output = first + done, inside = output % CK_PANEL_WIDTH;
        ptrdiff_t rows = CK_PANEL_WIDTH - inside < count - done ? CK_PANEL_WIDTH - inside : count - done;
        for (ptrdiff_t from = 0; from < depth; from += depth_block) {
            ptrdiff_t size = depth - from < depth_block ? depth - from : depth_block;
            float *panel = panels + padded(outputs) * from + (output - inside) * size + inside;
            interleave(weight + done * depth + from, rows, depth, size, panel);
        }
        done += rows;
    }
}

// MARK: scalar

float ck_panel_finish(float value, ck_then then) {
    switch (then) {
    case CK_THEN_GELU: return 0.5f * value * (1.0f + erff(value * 0.70710678118654752f));
    // Written so that NaN stays NaN.
    case CK_THEN_RELU: return value < 0.0f ? 0.0f : value;
    default: return value;
    }
}

void ck_panel_tiles_scalar(const ck_panel_tiles *t) {
    for (ptrdiff_t i = 0; i < t->rows; i++) {
        const float *x = t->x + i * t->x_stride;
        float *out = t->out + i * t->out_stride;
        float sums[CK_PANEL_WIDTH] = {0};
        for (ptrdiff_t k = 0; k < t->depth; k++) {
            for (int j = 0; j < CK_PANEL_WIDTH; j++) sums[j] += x[k] * t->panel[k * CK_PANEL_WIDTH + j];
        }
        for (ptrdiff_t j = 0; j < t->columns; j++) {
            float value = t->accumulate ? out[j] + sums[j] : sums[j];
            out[j] = ck_panel_finish(t->bias ? value + t->bias[j] : value, t->then);
        }
    }
}

// MARK: blocks

static ck_panel_kernel choose_kernel(void) {
    switch (ck_active_isa()) {
#if defined(__x86_64__)
    case CK_ISA_AVX2: return (ck_panel_kernel){ck_panel_tiles_avx2, 1, NULL};
    case CK_ISA_AVX512: return (ck_panel_kernel){ck_panel_tiles_avx512, 2, NULL};
#elif defined(__aarch64__)
    case CK_ISA_NEON: return (ck_panel_kernel){ck_panel_tiles_neon, 1, NULL};
#endif
    default: return (ck_panel_kernel){ck_panel_tiles_scalar, 1, NULL};
    }
}

void ck_panel_blocks(const ck_panel_product_call *call, ck_panel_kernel kernel, const float *scales, ck_word_room *room) {
    ptrdiff_t rows = call->rows, outputs = call->outputs, width = kernel.panels * CK_PANEL_WIDTH;
    // In words of two values the depth is half as long; everything else is the same.
    ptrdiff_t depth = kernel.pack ? ck_panel_words(call->depth) : call->depth;
    if (rows <= 0 || outputs <= 0 || depth <= 0) return;
    ptrdiff_t row_block = ck_even_block(rows, kernel.pack ? CK_WORD_ROWS : ROW_BLOCK, TILE_ROW_GRAIN);
    ptrdiff_t depth_block = ck_depth_block(depth);
    for (ptrdiff_t row = 0; row < rows; row += row_block) {
        for (ptrdiff_t k = 0; k < depth; k += depth_block) {
            int is_last = k + depth_block >= depth;
            ck_panel_tiles t = {
                .x = call->x + row * call->x_stride + k,
                .x_stride = call->x_stride,
                .out_stride = call->out_stride,
                .rows = rows - row < row_block ? rows - row : row_block,
                .depth = is_last ? depth - k : depth_block,
                .accumulate = call->accumulate || k > 0,
                .then = is_last ? call->then : CK_THEN_NOTHING,
            };
            if (kernel.pack) {
                kernel.pack(&(ck_word_rows){
                    .x = call->x + row * call->x_stride + 2 * k,
                    .x_stride = call->x_stride,
                    .rows = t.rows,
                    .count = is_last ? call->depth - 2 * k : 2 * depth_block,
                    .words = room->words,
                    .factors = room->factors,
                });
                t.x = room->words;
                t.x_stride = CK_WORD_STRIDE;
                t.factors = room->factors;
            }
            t.panel_stride = t.depth * CK_PANEL_WIDTH;
            // Blocks follow each other in memory in the order they are read.
            t.panel = call->panels + padded(outputs) * k;
            for (ptrdiff_t j = 0; j < outputs; j += width, t.panel = t.next_panel) {
                t.next_panel = t.panel + kernel.panels * t.panel_stride;
                t.out = call->out + row * call->out_stride + j;
                t.columns = outputs - j < width ? outputs - j : width;
                t.bias = is_last && call->bias ? call->bias + j : NULL;
                t.scales = scales ? scales + j : NULL;
                kernel.run(&t);
            }
        }
    }
}

void ck_panel_product(const ck_panel_product_call *call) { ck_panel_blocks(call, choose_kernel(), NULL, NULL); }
