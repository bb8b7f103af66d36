// Products as dot products: a few weight rows stay in L1 while all rows of x pass by.
#include "ck_dot_product.h"

#include "ck_simd.h"

// MARK: scalar

// Eight sums side by side, which any compiler can keep in vectors; the order does not depend on anything but depth.
static float dot_scalar(const float *a, const float *b, ptrdiff_t depth) {
    float sums[8] = {0}, rest = 0;
    ptrdiff_t k = 0;
    for (; k + 8 <= depth; k += 8) {
        for (int lane = 0; lane < 8; lane++) sums[lane] += a[k + lane] * b[k + lane];
    }
    for (; k < depth; k++) rest += a[k] * b[k];
    return ((sums[0] + sums[4]) + (sums[1] + sums[5])) + ((sums[2] + sums[6]) + (sums[3] + sums[7])) + rest;
}

static void product_scalar(const float *x, ptrdiff_t x_stride, const float *weight, float *out, ptrdiff_t out_stride,
                           ptrdiff_t rows, ptrdiff_t outputs, ptrdiff_t depth, int accumulate) {
    for (ptrdiff_t j = 0; j < outputs; j++) {
        for (ptrdiff_t i = 0; i < rows; i++) {
            float *at = out + i * out_stride + j;
            float dot = dot_scalar(x + i * x_stride, weight + j * depth, depth);
            *at = accumulate ? *at + dot : dot;
        }
    }
}

// MARK: vector

#if CK_HAVE_SIMD

enum { TILE_ROWS = 3, TILE_OUTPUTS = 4 };

// One tile; `rows` and `outputs` are constants at every call, so that the sums stay in registers.
CK_SIMD_INLINE void product_tile(const float *x, ptrdiff_t x_stride, const float *weight, float *out,
                                 ptrdiff_t out_stride, int rows, int outputs, ptrdiff_t depth, int accumulate) {
    vf sums[TILE_ROWS][TILE_OUTPUTS];
    for (int i = 0; i < rows; i++) {
        for (int j = 0; j < outputs; j++) sums[i][j] = vf_set(0.0f);
    }
    ptrdiff_t whole = depth - depth % VF_LANES;
    for (ptrdiff_t k = 0; k < whole; k += VF_LANES) {
        vf from_x[TILE_ROWS];
        for (int i = 0; i < rows; i++) from_x[i] = vf_load(x + i * x_stride + k);
        for (int j = 0; j < outputs; j++) {
            vf from_weight = vf_load(weight + j * depth + k);
            for (int i = 0; i < rows; i++) sums[i][j] = vf_fma(from_x[i], from_weight, sums[i][j]);
        }
    }
    for (int i = 0; i < rows; i++) {
        for (int j = 0; j < outputs; j++) {
            float dot = vf_sum(sums[i][j]);
            for (ptrdiff_t k = whole; k < depth; k++) dot += x[i * x_stride + k] * weight[j * depth + k];
            float *at = out + i * out_stride + j;
            *at = accumulate ? *at + dot : dot;
        }
    }
}

// All rows against `outputs` rows of the weight.
CK_SIMD_INLINE void product_strip(const float *x, ptrdiff_t x_stride, const float *weight, float *out,
                                  ptrdiff_t out_stride, ptrdiff_t rows, int outputs, ptrdiff_t depth, int accumulate) {
    ptrdiff_t i = 0;
    for (; i + TILE_ROWS <= rows; i += TILE_ROWS) {
        product_tile(x + i * x_stride, x_stride, weight, out + i * out_stride, out_stride, TILE_ROWS, outputs, depth,
                     accumulate);
    }
    for (; i < rows; i++) {
        product_tile(x + i * x_stride, x_stride, weight, out + i * out_stride, out_stride, 1, outputs, depth,
                     accumulate);
    }
}

CK_SIMD static void product_simd(const float *x, ptrdiff_t x_stride, const float *weight, float *out,
                                 ptrdiff_t out_stride, ptrdiff_t rows, ptrdiff_t outputs, ptrdiff_t depth,
                                 int accumulate) {
    ptrdiff_t j = 0;
    for (; j + TILE_OUTPUTS <= outputs; j += TILE_OUTPUTS) {
        product_strip(x, x_stride, weight + j * depth, out + j, out_stride, rows, TILE_OUTPUTS, depth, accumulate);
    }
    for (; j < outputs; j++) {
        product_strip(x, x_stride, weight + j * depth, out + j, out_stride, rows, 1, depth, accumulate);
    }
}

#endif

void ck_dot_product(const float *x, ptrdiff_t x_stride, const float *weight, float *out, ptrdiff_t out_stride,
                    ptrdiff_t rows, ptrdiff_t outputs, ptrdiff_t depth, int accumulate) {
#if CK_HAVE_SIMD
    if (ck_active_isa() != CK_ISA_SCALAR) {
        product_simd(x, x_stride, weight, out, out_stride, rows, outputs, depth, accumulate);
        return;
    }
#endif
    product_scalar(x, x_stride, weight, out, out_stride, rows, outputs, depth, accumulate);
}
