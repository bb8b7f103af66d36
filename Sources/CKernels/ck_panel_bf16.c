// The blocked product over words of two bfloat16: dispatch, and the scalar twins.
#include "ck_panel_bf16.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "ck_dispatch.h"
#include "ck_panel_tile.h"

int ck_has_bf16(void) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    return ck_active_isa() == CK_ISA_AVX512 && __builtin_cpu_supports("avx512bf16");
#else
    return 0;
#endif
}

// MARK: scalar

static uint32_t rounded(float value) {
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    if ((bits & 0x7FFFFFFFu) > 0x7F800000u) return bits >> 16 | 0x40u;  // NaN, made quiet
    if ((bits & 0x7F800000u) == 0) return bits >> 16 & 0x8000u;         // zero or denormal
    return (bits + 0x7FFFu + (bits >> 16 & 1u)) >> 16;
}

static void pack_scalar(const float *x, ptrdiff_t count, float *words) {
    for (ptrdiff_t k = 0; k < count; k += 2) {
        uint32_t word = rounded(x[k]) | (k + 1 < count ? rounded(x[k + 1]) << 16 : 0);
        memcpy(words + k / 2, &word, sizeof word);
    }
}

static float value_of(const float *word, int upper) {
    uint32_t bits;
    memcpy(&bits, word, sizeof bits);
    bits = upper ? bits & 0xFFFF0000u : bits << 16;
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

void ck_panel_tiles_bf16_scalar(const ck_panel_tiles *t) {
    for (ptrdiff_t i = 0; i < t->rows; i++) {
        const float *x = t->x + i * t->x_stride;
        float *out = t->out + i * t->out_stride;
        float sums[CK_PANEL_WIDTH] = {0};
        for (ptrdiff_t k = 0; k < t->depth; k++) {
            const float *weights = t->panel + k * CK_PANEL_WIDTH;
            for (int j = 0; j < CK_PANEL_WIDTH; j++) {
                // The instruction takes the upper halves first.
                sums[j] += value_of(x + k, 1) * value_of(weights + j, 1);
                sums[j] += value_of(x + k, 0) * value_of(weights + j, 0);
            }
        }
        for (ptrdiff_t j = 0; j < t->columns; j++) {
            float value = t->accumulate ? out[j] + sums[j] : sums[j];
            out[j] = ck_panel_finish(t->bias ? value + t->bias[j] : value, t->then);
        }
    }
}

// MARK: dispatch

void ck_bf16_pack(const float *x, ptrdiff_t count, float *words) {
#if defined(__x86_64__)
    if (ck_has_bf16()) {
        ck_bf16_words_avx512(x, count, words);
        return;
    }
#endif
    pack_scalar(x, count, words);
}

static void pack_rows(const ck_word_rows *r) {
    for (ptrdiff_t i = 0; i < r->rows; i++) {
        ck_bf16_pack(r->x + i * r->x_stride, r->count, r->words + i * CK_WORD_STRIDE);
    }
}

void ck_panel_product_bf16(const ck_panel_product_call *call) {
    ck_word_room room;
    ck_panel_kernel kernel = {ck_panel_tiles_bf16_scalar, 1, pack_rows};
#if defined(__x86_64__)
    if (ck_has_bf16()) kernel = (ck_panel_kernel){ck_panel_tiles_bf16_avx512, 2, pack_rows};
#endif
    ck_panel_blocks(call, kernel, NULL, &room);
}
