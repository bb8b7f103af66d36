#pragma once
// What the blocked product hands to an instruction set's tiles: some rows of x against one block of a few panels.
#include "ck_panel_product.h"

/// Weights that come next and are fetched while tiles are computed, never read: rows of `count` floats, `stride` apart, some
/// cache lines of them every four steps along the depth.
typedef struct {
    const float *rows;
    ptrdiff_t count, stride, lines;
} ck_rows_ahead;

typedef struct {
    const float *x;           // (rows, depth)
    const float *panel;       // (depth, CK_PANEL_WIDTH), the first of the kernel's panels
    const float *next_panel;  // what comes next, to be fetched early; never read
    float *out;               // (rows, columns)
    float *also;              // (rows, columns) of the same stride; Strassen's products go to two places
    const float *bias;        // (columns) or NULL
    const float *factors;     // (rows, CK_WORD_GROUPS), for words of integers: what a group's sums are multiplied by;
                              // (rows) for row tiles
    const float *scales;      // (columns, rounded up to the kernel's panels), for words of integers
    ptrdiff_t x_stride, panel_stride, out_stride, rows, columns, depth;
    int accumulate;
    ck_then then;
    ck_rows_ahead ahead;  // for row tiles, which do not fetch next_panel
} ck_panel_tiles;

/// Rows of x, (rows, count), which become words of two values that follow each other, (rows, CK_WORD_STRIDE), and factors,
/// (rows, CK_WORD_GROUPS), or for row tiles (rows), where words are integers.
typedef struct {
    const float *x;
    ptrdiff_t x_stride, rows, count;
    float *words;
    float *factors;
} ck_word_rows;

/// One path's tiles, how many panels they take at once, and how x becomes words; NULL where it is read as it is.
typedef struct {
    void (*run)(const ck_panel_tiles *);
    ptrdiff_t panels;
    void (*pack)(const ck_word_rows *);
} ck_panel_kernel;

/// The size of each of the fewest equal blocks of at most `most` that cover `count`, in whole multiples of `grain`.
static inline ptrdiff_t ck_even_block(ptrdiff_t count, ptrdiff_t most, ptrdiff_t grain) {
    ptrdiff_t blocks = (count + most - 1) / most;
    ptrdiff_t size = (count + blocks - 1) / blocks;
    return (size + grain - 1) / grain * grain;
}

/// A block of x in words of two values: at most this many rows, and this many words in a row. Rows lie an odd number of cache
/// lines apart, known to the compiler, so that a tile needs one register to address them. Words of integers have one
/// factor for each group of CK_GROUP_WORDS; row tiles have smaller groups, which are rounded more finely.
enum {
    CK_WORD_ROWS = 132,
    CK_WORD_DEPTH = 192,
    CK_WORD_STRIDE = CK_WORD_DEPTH + 16,
    CK_GROUP_WORDS = 48,
    CK_WORD_GROUPS = CK_WORD_DEPTH / CK_GROUP_WORDS,
    CK_ROW_GROUP_WORDS = 16,
    CK_ROW_WORD_GROUPS = CK_WORD_DEPTH / CK_ROW_GROUP_WORDS,
};

/// Room for a block of x in words, 112 KB.
typedef struct {
    _Alignas(64) float words[CK_WORD_ROWS * CK_WORD_STRIDE];
    float factors[CK_WORD_ROWS * CK_WORD_GROUPS];
} ck_word_room;

/// The blocks of a product, each handed to `kernel`. `scales` is NULL but for words of integers; `room` is not used where the
/// kernel makes no words.
void ck_panel_blocks(const ck_panel_product_call *call, ck_panel_kernel kernel, const float *scales, ck_word_room *room);

/// How the depth is cut: all blocks but the last have this size. The depth is in words where there are words.
ptrdiff_t ck_depth_block(ptrdiff_t depth);

void ck_panel_tiles_scalar(const ck_panel_tiles *tiles);
void ck_panel_tiles_avx2(const ck_panel_tiles *tiles);
void ck_panel_tiles_avx512(const ck_panel_tiles *tiles);
void ck_panel_tiles_neon(const ck_panel_tiles *tiles);

// The same over words of two bfloat16; panel_stride and depth count words, and x_stride is CK_WORD_STRIDE.
void ck_panel_tiles_bf16_scalar(const ck_panel_tiles *tiles);
void ck_panel_tiles_bf16_avx512(const ck_panel_tiles *tiles);
void ck_bf16_words_avx512(const float *x, ptrdiff_t count, float *words);

// The same over words of two integers. Integers are at most CK_INT16_LARGEST; before they are rounded, those of a group have at
// most CK_INT16_NORM for the root of the sum of their squares: with what rounding adds, half of 96^(1/2), the product of two
// such norms, which no sum of products exceeds, stays below 2^31.
#define CK_INT16_LARGEST 32767.0f
#define CK_INT16_NORM 46320.0f
// For row tiles, whose groups are a third as long: no weight exceeds the norm of its group, so that a norm of at most
// CK_INT16_LARGEST is all that is asked of weights, in fewer instructions than to find the largest one; rows may have twice that.
#define CK_INT16_ROW_NORM 65500.0f
#define CK_INT16_WEIGHT_NORM CK_INT16_LARGEST
// Integers are worth no less than this, so that its inverse is a normal number too.
#define CK_INT16_LEAST_WORTH 1e-35f

/// What groups that share a worth are worth; NaN comes and stays.
static inline float ck_larger_worth(float worth, float own) { return own > worth || own != own ? own : worth; }

void ck_panel_tiles_int16_scalar(const ck_panel_tiles *tiles);
void ck_panel_tiles_int16_avx2(const ck_panel_tiles *tiles);
void ck_panel_tiles_int16_avx512(const ck_panel_tiles *tiles);

// The same for few rows and weights from far away: groups are of CK_ROW_GROUP_WORDS, with scales of their own, (groups, the
// kernel's panels' columns), and a row has one factor; what `ahead` says is fetched meanwhile; and all of the kernel's panels
// must be there to be read.
void ck_row_tiles_int16_scalar(const ck_panel_tiles *tiles);
void ck_row_tiles_int16_avx2(const ck_panel_tiles *tiles);
void ck_row_tiles_int16_avx512(const ck_panel_tiles *tiles);

// What an integer of a group is worth, and values rounded to integers of a worth; rows at once, with the same bits on both
// paths.
float ck_int16_worth_avx2(const float *x, ptrdiff_t count);
void ck_int16_round_avx2(const float *x, ptrdiff_t count, float worth, float *words);
void ck_int16_pack_avx2(const ck_word_rows *rows);
void ck_int16_pack_avx512(const ck_word_rows *rows);
// For row tiles, with one factor to a row.
void ck_int16_pack_rows_scalar(const ck_word_rows *rows);
void ck_int16_pack_rows_avx2(const ck_word_rows *rows);
void ck_int16_pack_rows_avx512(const ck_word_rows *rows);
/// The same, slowly, of groups whose squares float32 cannot sum, or whose values are not all finite: these are worth NaN. Their
/// integers' norm is to be at most `norm`.
float ck_int16_worth_of_extremes(const float *x, ptrdiff_t count, float norm);

/// Bias, what was there, and activation, for one value.
float ck_panel_finish(float value, ck_then then);
