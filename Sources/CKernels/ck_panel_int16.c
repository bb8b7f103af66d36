// The blocked product over words of two integers: dispatch, rounding, and the scalar twins.
#include "ck_panel_int16.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "ck_dispatch.h"
#include "ck_panel_tile.h"

#if defined(__x86_64__)
// Processors with AVX2 that multiply half as many integers a cycle as they could: nothing is won on them.
static int has_one_integer_multiplier(void) {
    return __builtin_cpu_is("haswell") || __builtin_cpu_is("broadwell") || __builtin_cpu_is("bdver4") ||
           __builtin_cpu_is("znver1") || __builtin_cpu_is("znver2");
}
#endif

int ck_has_int16(void) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    switch (ck_active_isa()) {
    case CK_ISA_AVX2: return !has_one_integer_multiplier();
    case CK_ISA_AVX512: return __builtin_cpu_supports("avx512vnni") != 0;
    default: return 0;
    }
#else
    return 0;
#endif
}

// MARK: scalar

float ck_int16_worth_of_extremes(const float *x, ptrdiff_t count, float norm) {
    double largest = 0, squares = 0;
    for (ptrdiff_t i = 0; i < count; i++) {
        double value = fabs((double)x[i]);
        largest = value > largest ? value : largest;
        squares += value * value;
    }
    if (!isfinite(squares)) return NAN;
    // Values below 1e-30 need not keep all their bits.
    double worth = fmax(largest / CK_INT16_LARGEST, sqrt(squares) / norm);
    return worth > CK_INT16_LEAST_WORTH ? (float)worth : CK_INT16_LEAST_WORTH;
}

static void round_scalar(const float *x, ptrdiff_t count, float worth, float *words) {
    float scale = 1.0f / worth;
    for (ptrdiff_t k = 0; k < count; k += 2) {
        int16_t pair[2] = {0, 0};
        for (ptrdiff_t i = k; i < k + 2 && i < count; i++) {
            float value = nearbyintf(x[i] * scale);
            // What is not a number is told by the worth.
            pair[i - k] = value == value ? (int16_t)value : 0;
        }
        memcpy(words + k / 2, pair, sizeof pair);
    }
}

static ptrdiff_t smaller(ptrdiff_t a, ptrdiff_t b) { return a < b ? a : b; }

static void pack_scalar(const ck_word_rows *r) {
    for (ptrdiff_t i = 0; i < r->rows; i++) {
        for (ptrdiff_t k = 0, group = 0; k < r->count; k += 2 * CK_GROUP_WORDS, group++) {
            const float *x = r->x + i * r->x_stride + k;
            ptrdiff_t count = smaller(2 * CK_GROUP_WORDS, r->count - k);
            float worth = ck_int16_worth_of_extremes(x, count, CK_INT16_NORM);
            round_scalar(x, count, worth, r->words + i * CK_WORD_STRIDE + k / 2);
            r->factors[i * CK_WORD_GROUPS + group] = worth;
        }
    }
}

void ck_int16_pack_rows_scalar(const ck_word_rows *r) {
    for (ptrdiff_t i = 0; i < r->rows; i++) {
        const float *x = r->x + i * r->x_stride;
        float worth = 0.0f;
        for (ptrdiff_t k = 0; k < r->count; k += 2 * CK_ROW_GROUP_WORDS) {
            ptrdiff_t count = smaller(2 * CK_ROW_GROUP_WORDS, r->count - k);
            worth = ck_larger_worth(worth, ck_int16_worth_of_extremes(x + k, count, CK_INT16_ROW_NORM));
        }
        round_scalar(x, r->count, worth, r->words + i * CK_WORD_STRIDE);
        r->factors[i] = worth;
    }
}

static int32_t product_of_pairs(const float *a, const float *b) {
    int16_t left[2], right[2];
    memcpy(left, a, sizeof left);
    memcpy(right, b, sizeof right);
    return (int32_t)left[0] * right[0] + (int32_t)left[1] * right[1];
}

// The exact sum of one group's products, for one row of x and one column of the panel.
static float sum_of_group(const ck_panel_tiles *t, const float *x, ptrdiff_t column, ptrdiff_t from, ptrdiff_t words) {
    ptrdiff_t to = from + words < t->depth ? from + words : t->depth;
    int32_t whole = 0;
    for (ptrdiff_t k = from; k < to; k++) whole += product_of_pairs(x + k, t->panel + k * CK_PANEL_WIDTH + column);
    return (float)whole;
}

static void finish_at(const ck_panel_tiles *t, float *out, ptrdiff_t column, float value) {
    if (t->accumulate) value += out[column];
    out[column] = ck_panel_finish(t->bias ? value + t->bias[column] : value, t->then);
}

void ck_panel_tiles_int16_scalar(const ck_panel_tiles *t) {
    for (ptrdiff_t i = 0; i < t->rows; i++) {
        const float *x = t->x + i * t->x_stride, *factors = t->factors + i * CK_WORD_GROUPS;
        for (ptrdiff_t j = 0; j < t->columns; j++) {
            float sum = 0;
            for (ptrdiff_t from = 0, group = 0; from < t->depth; from += CK_GROUP_WORDS, group++) {
                sum = fmaf(sum_of_group(t, x, j, from, CK_GROUP_WORDS), factors[group], sum);
            }
            finish_at(t, t->out + i * t->out_stride, j, sum * t->scales[j]);
        }
    }
}

void ck_row_tiles_int16_scalar(const ck_panel_tiles *t) {
    for (ptrdiff_t i = 0; i < t->rows; i++) {
        const float *x = t->x + i * t->x_stride;
        for (ptrdiff_t j = 0; j < t->columns; j++) {
            float sum = 0;
            for (ptrdiff_t from = 0, group = 0; from < t->depth; from += CK_ROW_GROUP_WORDS, group++) {
                float whole = sum_of_group(t, x, j, from, CK_ROW_GROUP_WORDS);
                sum = fmaf(whole, t->scales[group * CK_PANEL_WIDTH + j], sum);
            }
            finish_at(t, t->out + i * t->out_stride, j, sum * t->factors[i]);
        }
    }
}

// MARK: dispatch

static float worth_of(const float *x, ptrdiff_t count) {
#if defined(__x86_64__)
    if (ck_has_avx2(ck_active_isa())) return ck_int16_worth_avx2(x, count);
#endif
    return ck_int16_worth_of_extremes(x, count, CK_INT16_NORM);
}

float ck_int16_round_output(const float *weight, ptrdiff_t depth, float *words) {
    // The groups are those of x. The one with the largest sum of squares, or the largest value, decides.
    float worth = CK_INT16_LEAST_WORTH;
    ptrdiff_t block = 2 * ck_depth_block(ck_panel_words(depth));
    for (ptrdiff_t from = 0; from < depth; from += block) {
        ptrdiff_t to = from + block < depth ? from + block : depth;
        for (ptrdiff_t k = from; k < to; k += 2 * CK_GROUP_WORDS) {
            worth = ck_larger_worth(worth, worth_of(weight + k, smaller(2 * CK_GROUP_WORDS, to - k)));
        }
    }
#if defined(__x86_64__)
    if (ck_has_avx2(ck_active_isa())) {
        ck_int16_round_avx2(weight, depth, worth, words);
        return worth;
    }
#endif
    round_scalar(weight, depth, worth, words);
    return worth;
}

void ck_panel_product_int16(const ck_panel_product_call *call, const float *scales) {
    ck_word_room room;
    ck_panel_kernel kernel = {ck_panel_tiles_int16_scalar, 1, pack_scalar};
#if defined(__x86_64__)
    if (ck_has_int16()) {
        kernel = ck_active_isa() == CK_ISA_AVX512
                     ? (ck_panel_kernel){ck_panel_tiles_int16_avx512, 2, ck_int16_pack_avx512}
                     : (ck_panel_kernel){ck_panel_tiles_int16_avx2, 1, ck_int16_pack_avx2};
    }
#endif
    ck_panel_blocks(call, kernel, scales, &room);
}
