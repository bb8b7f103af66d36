// The product of few rows. The weights are too many for any cache and each is used once for every row: they are read where
// they lie, once, and the rows are packed instead, side by side. The sums of a chunk of outputs, a few KB, stay in L1 until
// the depth is through; then they are turned into rows and finished.
#include "ck_few_rows.h"

#include <math.h>

#include "ck_few_rows_tile.h"
#include "ck_simd.h"

// The depth's blocks decide the order of the sums, so they are the same on every path. Blocks of rows and chunks of outputs
// do not touch it: a row is summed for itself.
enum {
    DEPTH_BLOCK = 768,
    ROW_GRAIN = 8,
    MOST_ROWS = 48,
    MOST_OUTPUTS = 48,
    MOST_SUMS = 48 * 24,
    // A multiple of the outputs of every tile.
    OUTPUT_GRAIN = 24,
    // A chunk's weights, 295 KB, and what is fetched ahead of them share the second-level cache and a little of the third.
    CHUNK_WEIGHTS = 24 * 3072,
};

static ptrdiff_t smaller(ptrdiff_t a, ptrdiff_t b) { return a < b ? a : b; }

static ptrdiff_t row_units(ptrdiff_t rows) { return (rows + ROW_GRAIN - 1) / ROW_GRAIN; }

// A block of rows is as wide as a tile, which then reads the packed rows from beginning to end, not every other piece of them.
// With AVX2 that is two vectors, and three where one would be left over: three by four outputs would fill all sixteen
// registers, and the compiler keeps some of them in memory then; one alone meets too many rows of weights at a time.
static ptrdiff_t most_rows(void) { return ck_active_isa() == CK_ISA_AVX2 ? 24 : MOST_ROWS; }

static ptrdiff_t row_blocks(ptrdiff_t rows) {
    if (ck_active_isa() == CK_ISA_AVX2) return row_units(rows) < 4 ? 1 : row_units(rows) / 2;
    return (rows + MOST_ROWS - 1) / MOST_ROWS;
}

// Outputs per chunk: as many as keep their sums within MOST_SUMS and their weights within CHUNK_WEIGHTS.
static ptrdiff_t chunk_outputs(ptrdiff_t depth) {
    ptrdiff_t most = smaller(smaller(MOST_OUTPUTS, MOST_SUMS / most_rows()), CHUNK_WEIGHTS / depth);
    return most < OUTPUT_GRAIN ? OUTPUT_GRAIN : most / OUTPUT_GRAIN * OUTPUT_GRAIN;
}

// Where a block of rows starts: the blocks are as equal as whole grains allow.
static ptrdiff_t block_start(ptrdiff_t rows, ptrdiff_t block) {
    return row_units(rows) * block / row_blocks(rows) * ROW_GRAIN;
}

ptrdiff_t ck_few_rows_floats(ptrdiff_t rows, ptrdiff_t depth) {
    return rows <= 0 ? 0 : row_units(rows) * ROW_GRAIN * depth;
}

// A block of sums, (outputs, width), on its way to `rows` rows of the output.
typedef struct {
    const float *sums;
    float *out;
    const float *bias;  // (outputs) or NULL
    ptrdiff_t width, out_stride, rows, outputs;
    int accumulate;
    ck_then then;
} finishing;

// MARK: scalar

// packed (depth from `from` on, width); rows beyond `rows` are zero.
static void pack_block_scalar(const float *x, ptrdiff_t x_stride, ptrdiff_t rows, ptrdiff_t from, ptrdiff_t depth,
                              float *packed, ptrdiff_t width) {
    for (ptrdiff_t k = from; k < depth; k++) {
        for (ptrdiff_t i = 0; i < width; i++) packed[k * width + i] = i < rows ? x[i * x_stride + k] : 0.0f;
    }
}

void ck_few_rows_tiles_scalar(const ck_few_rows_tiles *t) {
    for (ptrdiff_t j = 0; j < t->outputs; j++) {
        const float *weight = t->weight + j * t->weight_stride;
        float sums[MOST_ROWS] = {0};
        for (ptrdiff_t k = 0; k < t->depth; k++) {
            for (ptrdiff_t i = 0; i < t->width; i++) sums[i] += t->packed[k * t->width + i] * weight[k];
        }
        float *at = t->sums + j * t->width;
        for (ptrdiff_t i = 0; i < t->width; i++) at[i] = t->accumulate ? at[i] + sums[i] : sums[i];
    }
}

static float finish_value(float value, ck_then then) {
    switch (then) {
    case CK_THEN_GELU: return 0.5f * value * (1.0f + erff(value * 0.70710678118654752f));
    // Written so that NaN stays NaN.
    case CK_THEN_RELU: return value < 0.0f ? 0.0f : value;
    default: return value;
    }
}

static void finish_scalar(const finishing *f) {
    for (ptrdiff_t i = 0; i < f->rows; i++) {
        float *out = f->out + i * f->out_stride;
        for (ptrdiff_t j = 0; j < f->outputs; j++) {
            float value = f->sums[j * f->width + i];
            if (f->accumulate) value += out[j];
            if (f->bias) value += f->bias[j];
            out[j] = finish_value(value, f->then);
        }
    }
}

// MARK: vector

#if CK_HAVE_SIMD

typedef struct {
    vf line[VF_LANES];
} square;

#if defined(__x86_64__)

CK_SIMD_INLINE square transposed(square s) {
    __m256 *a = s.line, b[8];
    for (int i = 0; i < 8; i += 2) {
        b[i] = _mm256_unpacklo_ps(a[i], a[i + 1]);
        b[i + 1] = _mm256_unpackhi_ps(a[i], a[i + 1]);
    }
    for (int i = 0; i < 8; i += 4) {
        a[i] = _mm256_shuffle_ps(b[i], b[i + 2], 0x44);
        a[i + 1] = _mm256_shuffle_ps(b[i], b[i + 2], 0xEE);
        a[i + 2] = _mm256_shuffle_ps(b[i + 1], b[i + 3], 0x44);
        a[i + 3] = _mm256_shuffle_ps(b[i + 1], b[i + 3], 0xEE);
    }
    square t;
    for (int i = 0; i < 4; i++) {
        t.line[i] = _mm256_permute2f128_ps(a[i], a[i + 4], 0x20);
        t.line[i + 4] = _mm256_permute2f128_ps(a[i], a[i + 4], 0x31);
    }
    return t;
}

#else

CK_SIMD_INLINE square transposed(square s) {
    float32x4_t low = vtrn1q_f32(s.line[0], s.line[1]), high = vtrn2q_f32(s.line[0], s.line[1]);
    float32x4_t low2 = vtrn1q_f32(s.line[2], s.line[3]), high2 = vtrn2q_f32(s.line[2], s.line[3]);
    square t;
    t.line[0] = vcombine_f32(vget_low_f32(low), vget_low_f32(low2));
    t.line[1] = vcombine_f32(vget_low_f32(high), vget_low_f32(high2));
    t.line[2] = vcombine_f32(vget_high_f32(low), vget_high_f32(low2));
    t.line[3] = vcombine_f32(vget_high_f32(high), vget_high_f32(high2));
    return t;
}

#endif

CK_SIMD static void pack_block_simd(const float *x, ptrdiff_t x_stride, ptrdiff_t rows, ptrdiff_t depth, float *packed,
                                    ptrdiff_t width) {
    ptrdiff_t whole = depth - depth % VF_LANES;
    for (ptrdiff_t k = 0; k < whole; k += VF_LANES) {
        for (ptrdiff_t i = 0; i < width; i += VF_LANES) {
            square s;
            for (int r = 0; r < VF_LANES; r++) {
                s.line[r] = i + r < rows ? vf_load(x + (i + r) * x_stride + k) : vf_set(0.0f);
            }
            s = transposed(s);
            for (int c = 0; c < VF_LANES; c++) vf_store(packed + (k + c) * width + i, s.line[c]);
        }
    }
    pack_block_scalar(x, x_stride, rows, whole, depth, packed, width);
}

CK_SIMD_INLINE vf finish_vector(vf value, vf before, vf bias, const finishing *f) {
    if (f->accumulate) value = vf_add(value, before);
    if (f->bias) value = vf_add(value, bias);
    if (f->then == CK_THEN_GELU) vf_gelu(&value, 1);
    if (f->then == CK_THEN_RELU) value = vf_relu(value);
    return value;
}

CK_SIMD static void finish_simd(const finishing *f) {
    for (ptrdiff_t j = 0; j < f->outputs; j += VF_LANES) {
        ptrdiff_t left = smaller(VF_LANES, f->outputs - j);
        vf bias = f->bias ? vf_load_tail(f->bias + j, left) : vf_set(0);
        for (ptrdiff_t i = 0; i < f->rows; i += VF_LANES) {
            square s;
            // Lines beyond the last output hold what an earlier chunk left; their lanes are not stored.
            for (int c = 0; c < VF_LANES; c++) s.line[c] = vf_load(f->sums + (j + c) * f->width + i);
            s = transposed(s);
            float *out = f->out + i * f->out_stride + j;
            for (ptrdiff_t r = 0; r < VF_LANES && i + r < f->rows; r++, out += f->out_stride) {
                if (left == VF_LANES) {
                    vf_store(out, finish_vector(s.line[r], f->accumulate ? vf_load(out) : bias, bias, f));
                } else {
                    vf before = f->accumulate ? vf_load_tail(out, left) : bias;
                    vf_store_tail(out, finish_vector(s.line[r], before, bias, f), left);
                }
            }
        }
    }
}

#endif

// MARK: blocks

static void pack_block(const float *x, ptrdiff_t x_stride, ptrdiff_t rows, ptrdiff_t depth, float *packed,
                       ptrdiff_t width) {
#if CK_HAVE_SIMD
    if (ck_active_isa() != CK_ISA_SCALAR) {
        pack_block_simd(x, x_stride, rows, depth, packed, width);
        return;
    }
#endif
    pack_block_scalar(x, x_stride, rows, 0, depth, packed, width);
}

// Layout: (block of rows, depth, rows of the block); rows that fill up the last block are zero.
void ck_pack_few_rows(const float *x, ptrdiff_t x_stride, ptrdiff_t rows, ptrdiff_t depth, float *packed) {
    for (ptrdiff_t block = 0; block < row_blocks(rows); block++) {
        ptrdiff_t first = block_start(rows, block), width = block_start(rows, block + 1) - first;
        pack_block(x + first * x_stride, x_stride, smaller(width, rows - first), depth, packed + first * depth, width);
    }
}

static void run_tiles(const ck_few_rows_tiles *t) {
    switch (ck_active_isa()) {
#if defined(__x86_64__)
    case CK_ISA_AVX2: ck_few_rows_tiles_avx2(t); break;
    case CK_ISA_AVX512: ck_few_rows_tiles_avx512(t); break;
#elif defined(__aarch64__)
    case CK_ISA_NEON: ck_few_rows_tiles_neon(t); break;
#endif
    default: ck_few_rows_tiles_scalar(t); break;
    }
}

static void finish(const finishing *f) {
#if CK_HAVE_SIMD
    if (ck_active_isa() != CK_ISA_SCALAR) {
        finish_simd(f);
        return;
    }
#endif
    finish_scalar(f);
}

void ck_few_rows_product(const ck_few_rows_call *call) {
    ptrdiff_t rows = call->rows, outputs = call->outputs, depth = call->depth;
    if (rows <= 0 || outputs <= 0 || depth <= 0) return;
    float sums[MOST_SUMS] __attribute__((aligned(64))) = {0};
    ptrdiff_t chunk = chunk_outputs(depth), blocks = row_blocks(rows);
    for (ptrdiff_t first = 0; first < outputs; first += chunk) {
        ptrdiff_t count = smaller(chunk, outputs - first);
        const float *weight = call->weight + first * depth, *next = weight + count * depth;
        for (ptrdiff_t block = 0; block < blocks; block++) {
            ptrdiff_t row = block_start(rows, block), width = block_start(rows, block + 1) - row;
            const float *packed = call->packed + row * depth;
            for (ptrdiff_t k = 0; k < depth; k += DEPTH_BLOCK) {
                ck_few_rows_tiles t = {
                    .packed = packed + k * width,
                    .weight = weight + k,
                    .sums = sums,
                    .width = width,
                    .weight_stride = depth,
                    .outputs = count,
                    .depth = smaller(DEPTH_BLOCK, depth - k),
                    .accumulate = k > 0,
                };
                // Each block of rows fetches its share of the next chunk: one alone would ask for more than memory gives.
                t.ahead_floats = t.depth * count / blocks;
                t.ahead = next + k * count + block * t.ahead_floats;
                run_tiles(&t);
            }
            finish(&(finishing){
                .sums = sums,
                .out = call->out + row * call->out_stride + first,
                .bias = call->bias ? call->bias + first : NULL,
                .width = width,
                .out_stride = call->out_stride,
                .rows = smaller(width, rows - row),
                .outputs = count,
                .accumulate = call->accumulate,
                .then = call->then,
            });
        }
    }
}
