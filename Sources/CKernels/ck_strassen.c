// Strassen's product over packed weights: packing, the sums of the rows' quarters, and the order of the seven products.
#include "ck_strassen.h"

#include <string.h>

#include "ck_dispatch.h"
#include "ck_panel_tile.h"
#include "ck_strassen_step.h"

// Pairs of rows in whole tiles where there are many; outputs of the widest tile.
enum { PAIR_GRAIN = 6, WIDEST_TILE = 2 * CK_PANEL_WIDTH };

// Quarters of x (rows by depth), of the weight (depth by outputs) and of the output (rows by outputs).
enum { UPPER_LEFT = 0, UPPER_RIGHT = 1, LOWER_LEFT = 2, LOWER_RIGHT = 3, NO_QUARTER = 4 };
static int is_right(int quarter) { return quarter & 1; }
static int is_lower(int quarter) { return quarter >> 1 & 1; }

// A quarter, and with it another one: added where the sign is 1, subtracted where it is -1, none where it is 0.
typedef struct {
    int quarter, other, sign;
} term;

// One of the seven products: its factors, the quarters of the output it is part of, and what is done to these, where nothing
// was in them before and where something was.
typedef struct {
    term x, weight;
    int out, also;
    ck_strassen_step first, later;
} product;

enum { PRODUCTS = 7 };

// In an order that finishes one quarter of the output after the other. The sums of x are made by ck_strassen_sums_at.
static const product products[PRODUCTS] = {
    {{UPPER_LEFT, LOWER_RIGHT, 1}, {UPPER_LEFT, LOWER_RIGHT, 1}, UPPER_LEFT, LOWER_RIGHT,
     CK_STRASSEN_STORE_BOTH, CK_STRASSEN_ADD_BOTH},
    {{LOWER_RIGHT, NO_QUARTER, 0}, {LOWER_LEFT, UPPER_LEFT, -1}, UPPER_LEFT, LOWER_LEFT,
     CK_STRASSEN_ADD_STORE, CK_STRASSEN_ADD_BOTH},
    {{UPPER_LEFT, UPPER_RIGHT, 1}, {LOWER_RIGHT, NO_QUARTER, 0}, UPPER_LEFT, UPPER_RIGHT,
     CK_STRASSEN_SUBTRACT_STORE, CK_STRASSEN_SUBTRACT_ADD},
    {{UPPER_RIGHT, LOWER_RIGHT, -1}, {LOWER_LEFT, LOWER_RIGHT, 1}, UPPER_LEFT, NO_QUARTER,
     CK_STRASSEN_FINISH, CK_STRASSEN_FINISH},
    {{LOWER_LEFT, LOWER_RIGHT, 1}, {UPPER_LEFT, NO_QUARTER, 0}, LOWER_LEFT, LOWER_RIGHT,
     CK_STRASSEN_FINISH_SUBTRACT, CK_STRASSEN_FINISH_SUBTRACT},
    {{UPPER_LEFT, NO_QUARTER, 0}, {UPPER_RIGHT, LOWER_RIGHT, -1}, UPPER_RIGHT, LOWER_RIGHT,
     CK_STRASSEN_FINISH_ADD, CK_STRASSEN_FINISH_ADD},
    {{LOWER_LEFT, UPPER_LEFT, -1}, {UPPER_LEFT, UPPER_RIGHT, 1}, LOWER_RIGHT, NO_QUARTER,
     CK_STRASSEN_FINISH, CK_STRASSEN_FINISH},
};

// How the two halves of the depth are cut: in equal blocks.
static ptrdiff_t depth_block_of(ptrdiff_t depth) {
    ptrdiff_t half = depth / 2, blocks = (half + CK_STRASSEN_DEPTH - 1) / CK_STRASSEN_DEPTH;
    return blocks > 0 ? half / blocks : 0;
}

int ck_strassen_fits(ptrdiff_t outputs, ptrdiff_t depth) {
    ptrdiff_t block = depth_block_of(depth);
    return outputs > 0 && outputs % (2 * WIDEST_TILE) == 0 && block > 0 && depth % (2 * block) == 0;
}

ptrdiff_t ck_strassen_floats(ptrdiff_t outputs, ptrdiff_t depth) { return PRODUCTS * (outputs / 2) * (depth / 2); }

// MARK: scalar

static void sums_scalar(const ck_strassen_rows *r) {
    for (ptrdiff_t i = 0; i < r->rows; i++) {
        const float *upper = r->upper + i * r->stride, *lower = r->lower + i * r->stride;
        for (ptrdiff_t d = 0; d < r->depth; d++) {
            ck_strassen_sums_at(upper + d, lower + d, r->depth, r->sums + i * CK_STRASSEN_STRIDE + d);
        }
    }
}

static void tiles_scalar(const ck_panel_tiles *t, ck_strassen_step step) {
    int finishes = step >= CK_STRASSEN_FINISH;
    int stores = step == CK_STRASSEN_STORE_BOTH;
    int subtracts = step == CK_STRASSEN_SUBTRACT_STORE || step == CK_STRASSEN_SUBTRACT_ADD;
    for (ptrdiff_t i = 0; i < t->rows; i++) {
        const float *x = t->x + i * t->x_stride;
        float *out = t->out + i * t->out_stride, *also = t->also + i * t->out_stride;
        float sums[CK_PANEL_WIDTH] = {0};
        for (ptrdiff_t k = 0; k < t->depth; k++) {
            for (int j = 0; j < CK_PANEL_WIDTH; j++) sums[j] += x[k] * t->panel[k * CK_PANEL_WIDTH + j];
        }
        for (int j = 0; j < CK_PANEL_WIDTH; j++) {
            switch (step) {
            case CK_STRASSEN_FINISH: break;
            case CK_STRASSEN_FINISH_SUBTRACT: also[j] -= sums[j]; break;
            case CK_STRASSEN_ADD_BOTH:
            case CK_STRASSEN_SUBTRACT_ADD:
            case CK_STRASSEN_FINISH_ADD: also[j] += sums[j]; break;
            default: also[j] = sums[j]; break;
            }
            float value = stores ? sums[j] : subtracts ? out[j] - sums[j] : out[j] + sums[j];
            out[j] = finishes ? ck_panel_finish(t->bias ? value + t->bias[j] : value, t->then) : value;
        }
    }
}

// MARK: packing

// Layout: (step of the depth, product, panel of half the outputs, depth within the block, CK_PANEL_WIDTH).
void ck_strassen_pack(const float *const *rows, ptrdiff_t outputs, ptrdiff_t depth, ptrdiff_t first, ptrdiff_t count,
                      float *panels) {
    ptrdiff_t block = depth_block_of(depth), half = outputs / 2;
    _Alignas(64) float quarters[4][CK_STRASSEN_DEPTH * CK_PANEL_WIDTH];
    for (ptrdiff_t k = 0; k < depth; k += 2 * block) {
        float *step = panels + k / 2 * PRODUCTS * half;
        for (ptrdiff_t panel = first; panel < first + count; panel++) {
            ptrdiff_t output = panel * CK_PANEL_WIDTH;
            for (int q = 0; q < 4; q++) {
                for (ptrdiff_t i = 0; i < CK_PANEL_WIDTH; i++) {
                    const float *row = rows[output + i + (is_right(q) ? half : 0)] + k + (is_lower(q) ? block : 0);
                    for (ptrdiff_t d = 0; d < block; d++) quarters[q][d * CK_PANEL_WIDTH + i] = row[d];
                }
            }
            for (int p = 0; p < PRODUCTS; p++) {
                term weight = products[p].weight;
                float *at = step + (p * half + output) * block;
                const float *one = quarters[weight.quarter];
                if (weight.sign == 0) {
                    memcpy(at, one, (size_t)(block * CK_PANEL_WIDTH) * sizeof *at);
                    continue;
                }
                const float *other = quarters[weight.other];
                // Exact for a sign of one.
                for (ptrdiff_t i = 0; i < block * CK_PANEL_WIDTH; i++) at[i] = one[i] + (float)weight.sign * other[i];
            }
        }
    }
}

// MARK: product

typedef struct {
    void (*multiply)(const ck_panel_tiles *, ck_strassen_step);
    void (*add)(const ck_strassen_rows *);
    ptrdiff_t panels;
} kernels;

static kernels choose_kernels(void) {
    switch (ck_active_isa()) {
#if defined(__x86_64__)
    case CK_ISA_AVX2: return (kernels){ck_strassen_tiles_avx2, ck_strassen_sums_avx2, 1};
    case CK_ISA_AVX512: return (kernels){ck_strassen_tiles_avx512, ck_strassen_sums_avx512, 2};
#elif defined(__aarch64__)
    case CK_ISA_NEON: return (kernels){ck_strassen_tiles_neon, ck_strassen_sums_neon, 1};
#endif
    default: return (kernels){tiles_scalar, sums_scalar, 1};
    }
}

ptrdiff_t ck_strassen_scratch_floats(ptrdiff_t outputs, ptrdiff_t depth) {
    return CK_STRASSEN_SUMS * CK_STRASSEN_SUM_FLOATS + outputs + depth;
}

// Pairs of rows: the first ones from `upper` on, their partners from `lower` on.
typedef struct {
    const float *upper, *lower;
    float *upper_out, *lower_out;
    ptrdiff_t count;
} pairs;

static void multiply(const ck_panel_product_call *call, kernels run, pairs rows, float *sums) {
    ptrdiff_t block = depth_block_of(call->depth), half = call->outputs / 2, width = run.panels * CK_PANEL_WIDTH;
    for (ptrdiff_t k = 0; k < call->depth; k += 2 * block) {
        const float *quarters[4] = {rows.upper + k, rows.upper + k + block, rows.lower + k, rows.lower + k + block};
        run.add(&(ck_strassen_rows){rows.upper + k, rows.lower + k, call->x_stride, sums, rows.count, block});
        const float *x[PRODUCTS], *sum = sums;
        for (int p = 0; p < PRODUCTS; p++) {
            x[p] = products[p].x.sign ? sum : quarters[products[p].x.quarter];
            if (products[p].x.sign) sum += CK_STRASSEN_SUM_FLOATS;
        }
        int is_last = k + 2 * block >= call->depth;
        const float *step = call->panels + k / 2 * PRODUCTS * half;
        for (ptrdiff_t j = 0; j < half; j += width) {
            float *out[4] = {rows.upper_out + j, rows.upper_out + j + half, rows.lower_out + j, rows.lower_out + j + half};
            for (int p = 0; p < PRODUCTS; p++) {
                const product *product = &products[p];
                const float *panel = step + (p * half + j) * block;
                int is_end = p + 1 == PRODUCTS, has_bias = is_last && call->bias && product->later >= CK_STRASSEN_FINISH;
                ck_panel_tiles t = {
                    .x = x[p],
                    .panel = panel,
                    .next_panel = is_end ? step + (j + width) * block : panel + half * block,
                    .out = out[product->out],
                    .also = product->also == NO_QUARTER ? out[product->out] : out[product->also],
                    .bias = has_bias ? call->bias + j + (is_right(product->out) ? half : 0) : NULL,
                    .x_stride = product->x.sign ? CK_STRASSEN_STRIDE : call->x_stride,
                    .panel_stride = block * CK_PANEL_WIDTH,
                    .out_stride = call->out_stride,
                    .rows = rows.count,
                    .depth = block,
                    .then = is_last ? call->then : CK_THEN_NOTHING,
                };
                run.multiply(&t, call->accumulate || k > 0 ? product->later : product->first);
            }
        }
    }
}

void ck_strassen_product(const ck_panel_product_call *call, float *scratch) {
    kernels run = choose_kernels();
    ptrdiff_t pair_count = call->rows / 2;
    ptrdiff_t most = pair_count > 0 ? ck_even_block(pair_count, CK_STRASSEN_PAIRS, PAIR_GRAIN) : 1;
    for (ptrdiff_t pair = 0; pair < pair_count; pair += most) {
        ptrdiff_t count = pair_count - pair < most ? pair_count - pair : most;
        const float *x = call->x + 2 * pair * call->x_stride;
        float *out = call->out + 2 * pair * call->out_stride;
        multiply(call, run, (pairs){x, x + count * call->x_stride, out, out + count * call->out_stride, count}, scratch);
    }
    if (call->rows <= 0 || call->rows % 2 == 0) return;
    // The last row's partner is zero, and what becomes of that nobody reads.
    float *zero = scratch + CK_STRASSEN_SUMS * CK_STRASSEN_SUM_FLOATS, *unread = zero + call->depth;
    memset(zero, 0, (size_t)(call->depth + call->outputs) * sizeof *zero);
    const float *x = call->x + (call->rows - 1) * call->x_stride;
    float *out = call->out + (call->rows - 1) * call->out_stride;
    multiply(call, run, (pairs){x, zero, out, unread, 1}, scratch);
}
