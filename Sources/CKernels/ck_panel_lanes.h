// Tiles of the blocked product in the vocabulary of ck_simd.h; a file includes this once after choosing
// CK_TILE_ROWS (rows of a tile), CK_TILE_PANELS (panels side by side) and CK_TILES (the function's name).
// CK_TILE_MULTIPLY_ADD(x, weight, sum) may say what one step does with a lane; without it, a float32 multiply-add.
// With CK_TILE_WORDS defined, x is in words of two values; with CK_TILE_INTEGERS, these are integers: their sums are integers,
// group by group. With CK_ROW_TILES, a second function of that name fetches rows that lie apart (ck_rows_ahead).
//
// Rows times vectors of a tile fill the registers but for the weights and one value of x: 6 x 2 of 16 with AVX2, 12 x 2 of
// 32 with AVX-512, 6 x 4 of 32 with NEON.
#include "ck_panel_tile.h"
#include "ck_simd.h"

// What a tile sums in along the depth.
#ifdef CK_TILE_INTEGERS
#define CK_TILE_WORDS
typedef vi running;
#define CK_TILE_MULTIPLY_ADD vi_add_products
#define CK_TILE_ZERO vi_zero()
#else
typedef vf running;
#define CK_TILE_ZERO vf_set(0.0f)
#endif
#ifndef CK_TILE_MULTIPLY_ADD
#define CK_TILE_MULTIPLY_ADD vf_fma
#endif

enum {
    LINE_FLOATS = 16,
    PANEL_VECTORS = CK_PANEL_WIDTH / VF_LANES,
    VECTORS = CK_TILE_PANELS * PANEL_VECTORS,
    COLUMNS = CK_TILE_PANELS * CK_PANEL_WIDTH,
    UNROLL = 4,
    // Rows finished together: six hide the latency of GELU; vectors of sixteen are busy enough with two.
    FINISHED_AT_ONCE = VF_LANES == 16 ? 2 : 6,
    // This many tiles fetch the next panels between them.
    FETCHING_TILES = 4,
#ifdef CK_TILE_INTEGERS
    INTEGERS = 1,
#else
    INTEGERS = 0,
#endif
#ifdef CK_TILE_WORDS
    WORDS = 1,
#else
    WORDS = 0,
#endif
};

// What is done to a tile's sums before they are stored. `columns` is how many of the tile's columns there are; without any,
// nothing is.
typedef struct {
    ck_then then;
    int accumulate;
    ptrdiff_t columns;
    int subtract;   // where `accumulate`: what was there less the sums
    int is_scaled;  // integers' sums were scaled group by group
} tile_end;

// Adds what was there and the bias, applies the activation, stores; `count` rows from `first` on of one vector.
CK_SIMD_INLINE void finish_rows(const ck_panel_tiles *t, tile_end end, float *out, ptrdiff_t left, vf bias, vf scale,
                                int first, int count, int v, vf sums[CK_TILE_ROWS][VECTORS]) {
    vf value[CK_AT_ONCE];
    out += first * t->out_stride;
#pragma clang loop unroll(full)
    for (int r = 0; r < count; r++) {
        float *at = out + r * t->out_stride;
        value[r] = INTEGERS && !end.is_scaled ? vf_mul(sums[first + r][v], scale) : sums[first + r][v];
        if (end.accumulate) {
            vf before = left >= VF_LANES ? vf_load(at) : vf_load_tail(at, left);
            value[r] = end.subtract ? vf_sub(before, value[r]) : vf_add(before, value[r]);
        }
        value[r] = vf_add(value[r], bias);
        if (end.then == CK_THEN_RELU) value[r] = vf_relu(value[r]);
    }
    if (end.then == CK_THEN_GELU) vf_gelu(value, count);
#pragma clang loop unroll(full)
    for (int r = 0; r < count; r++) {
        if (left >= VF_LANES) {
            vf_store(out + r * t->out_stride, value[r]);
        } else {
            vf_store_tail(out + r * t->out_stride, value[r], left);
        }
    }
}

CK_SIMD_INLINE void finish_tile(const ck_panel_tiles *t, tile_end end, float *out, const float *biases, int rows,
                                vf sums[CK_TILE_ROWS][VECTORS]) {
    // Constant bounds, so that the sums stay in registers; columns beyond the edge are not stored.
#pragma clang loop unroll(full)
    for (int v = 0; v < VECTORS; v++) {
        ptrdiff_t from = v * VF_LANES, left = end.columns - from;
        if (left <= 0) break;
        vf bias = vf_set(0.0f), scale = INTEGERS ? vf_load(t->scales + from) : bias;
        if (biases) bias = left >= VF_LANES ? vf_load(biases + from) : vf_load_tail(biases + from, left);
#pragma clang loop unroll(full)
        for (int r = 0; r < rows; r += FINISHED_AT_ONCE) {
            int count = rows - r < FINISHED_AT_ONCE ? rows - r : FINISHED_AT_ONCE;
            finish_rows(t, end, out + from, left, bias, scale, r, count, v, sums);
        }
    }
}

// One step along the depth: a vector of weights per output vector, a value of x per row.
CK_SIMD_INLINE void step(const float *const x[CK_TILE_ROWS], ptrdiff_t k, const float *panel, ptrdiff_t panel_stride,
                         int rows, int panels, running sums[CK_TILE_ROWS][VECTORS]) {
    vf weight[VECTORS];
    for (int p = 0; p < panels; p++) {
        for (int v = 0; v < PANEL_VECTORS; v++) {
            weight[p * PANEL_VECTORS + v] = vf_load(panel + p * panel_stride + v * VF_LANES);
        }
    }
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++) {
        vf value = vf_set(x[r][k]);
#pragma clang loop unroll(full)
        for (int v = 0; v < panels * PANEL_VECTORS; v++) {
            sums[r][v] = CK_TILE_MULTIPLY_ADD(value, weight[v], sums[r][v]);
        }
    }
}

CK_SIMD_INLINE void begin(running sums[CK_TILE_ROWS][VECTORS], int rows) {
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++) {
#pragma clang loop unroll(full)
        for (int v = 0; v < VECTORS; v++) sums[r][v] = CK_TILE_ZERO;
    }
}

// Where a tile's sums go: into `out`, and added or subtracted into `also` as well. Strassen's products are part of several
// outputs; others have no second end.
typedef struct {
    tile_end out, also;
} tile_ends;

// What a tile fetches: the panels that come next, or the rows of t->ahead.
typedef enum { FETCH_NOTHING, FETCH_TO_FIRST_LEVEL, FETCH_TO_SECOND_LEVEL, FETCH_ROWS } fetching;

// Where it is fetched from next, and how many floats are left of that row.
typedef struct {
    const float *at;
    ptrdiff_t left;
} fetch_place;

// One step's share, every UNROLL steps along the depth.
CK_SIMD_INLINE void fetch_share(const ck_panel_tiles *t, int panels, fetching fetch, fetch_place *place) {
    if (fetch == FETCH_ROWS) {
#pragma clang loop unroll(disable)
        for (ptrdiff_t i = 0; i < t->ahead.lines; i++, place->at += LINE_FLOATS) __builtin_prefetch(place->at, 0, 2);
        place->left -= t->ahead.lines * LINE_FLOATS;
        if (place->left <= 0) {
            // A little of what follows the row was fetched with it.
            place->at += t->ahead.stride - t->ahead.count + place->left;
            place->left = t->ahead.count;
        }
        return;
    }
    for (int p = 0; p < panels; p++) {
        if (fetch == FETCH_TO_FIRST_LEVEL) __builtin_prefetch(place->at + p * t->panel_stride, 0, 3);
        if (fetch == FETCH_TO_SECOND_LEVEL) __builtin_prefetch(place->at + p * t->panel_stride, 0, 2);
    }
    place->at += CK_PANEL_WIDTH;
}

// Steps from `from` to `to`; as much from `ahead` on is fetched.
CK_SIMD_INLINE void steps(const ck_panel_tiles *t, const float *const x[CK_TILE_ROWS], ptrdiff_t from, ptrdiff_t to,
                          int rows, int panels, fetching fetch, fetch_place *ahead,
                          running sums[CK_TILE_ROWS][VECTORS]) {
    const float *panel = t->panel + from * CK_PANEL_WIDTH;
    ptrdiff_t k = from;
    for (; k + UNROLL <= to; k += UNROLL, panel += UNROLL * CK_PANEL_WIDTH) {
        fetch_share(t, panels, fetch, ahead);
#pragma clang loop unroll(full)
        for (int u = 0; u < UNROLL; u++) {
            step(x, k + u, panel + u * CK_PANEL_WIDTH, t->panel_stride, rows, panels, sums);
        }
    }
    for (; k < to; k++, panel += CK_PANEL_WIDTH) step(x, k, panel, t->panel_stride, rows, panels, sums);
}

#ifdef CK_TILE_INTEGERS
// How the depth is divided: groups of so many words, so many factors to a row, and, where each group has scales of its own and
// a row but one factor, how far these lie apart, else 0.
typedef struct {
    ptrdiff_t words, factors, scales;
} grouping;

// What a group's sums, which are exact, come to: times its scales, if it has its own, else times the row's factor for it; and
// added to `before` unless it is NULL.
CK_SIMD_INLINE void fold(const running whole[CK_TILE_ROWS][VECTORS], grouping by, const float *factors,
                         const float *scales, int rows, int panels, const float *before, float *after,
                         vf sums[CK_TILE_ROWS][VECTORS]) {
    vf scale[VECTORS];
    for (int v = 0; v < panels * PANEL_VECTORS; v++) scale[v] = by.scales ? vf_load(scales + v * VF_LANES) : vf_set(1.0f);
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++) {
        vf factor = by.scales ? vf_set(1.0f) : vf_set(factors[r * by.factors]);
#pragma clang loop unroll(full)
        for (int v = 0; v < panels * PANEL_VECTORS; v++) {
            ptrdiff_t at = (r * VECTORS + v) * VF_LANES;
            vf value = vi_to_float(whole[r][v]), times = by.scales ? scale[v] : factor;
            value = before ? vf_fma(value, times, vf_load(before + at)) : vf_mul(value, times);
            if (after) {
                vf_store(after + at, value);
            } else {
                sums[r][v] = value;
            }
        }
    }
}

// One group after the other. What they come to waits in memory, because the next one needs the registers.
CK_SIMD_INLINE void groups(const ck_panel_tiles *t, const float *const x[CK_TILE_ROWS], grouping by,
                           const float *factors, int rows, int panels, fetching fetch, fetch_place *ahead,
                           vf sums[CK_TILE_ROWS][VECTORS]) {
    const float *scales = t->scales;
    float waiting[CK_TILE_ROWS * VECTORS * VF_LANES] __attribute__((aligned(64)));
    running whole[CK_TILE_ROWS][VECTORS];
    ptrdiff_t from = 0;
    for (; from + by.words < t->depth; from += by.words, factors += by.scales ? 0 : 1, scales += by.scales) {
        begin(whole, rows);
        steps(t, x, from, from + by.words, rows, panels, fetch, ahead, whole);
        if (from == 0) {
            fold(whole, by, factors, scales, rows, panels, NULL, waiting, sums);
        } else {
            fold(whole, by, factors, scales, rows, panels, waiting, waiting, sums);
        }
    }
    begin(whole, rows);
    steps(t, x, from, t->depth, rows, panels, fetch, ahead, whole);
    if (from == 0) {
        fold(whole, by, factors, scales, rows, panels, NULL, NULL, sums);
    } else {
        fold(whole, by, factors, scales, rows, panels, waiting, NULL, sums);
    }
    if (!by.scales) return;
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++) {
        vf factor = vf_set(factors[r * by.factors]);
#pragma clang loop unroll(full)
        for (int v = 0; v < panels * PANEL_VECTORS; v++) sums[r][v] = vf_mul(sums[r][v], factor);
    }
}
#endif

// `rows`, `panels` and `fetch` are constants at every call, so that the sums stay in registers. As much from `ahead` on is
// fetched as the tile is deep; it moves on.
CK_SIMD_INLINE void tile(const ck_panel_tiles *t, ptrdiff_t first, int rows, int panels, tile_ends ends, fetching fetch,
                         fetch_place *ahead) {
    ptrdiff_t x_stride = WORDS ? CK_WORD_STRIDE : t->x_stride;
    const float *base = t->x + first * x_stride, *x[CK_TILE_ROWS];
    if (WORDS) CK_OWN_REGISTER(base);
    vf sums[CK_TILE_ROWS][VECTORS];
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++) {
        x[r] = base + r * x_stride;
        if (!WORDS && CK_TILE_ROWS <= CK_ADDRESS_REGISTERS) CK_OWN_REGISTER(x[r]);
#pragma clang loop unroll(full)
        for (int v = 0; v < VECTORS; v++) sums[r][v] = vf_set(0.0f);
    }
    // Where the results go may be far away: asked for now, it is there when they are.
    float *out = t->out + first * t->out_stride, *also = ends.also.columns ? t->also + first * t->out_stride : NULL;
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++) {
        for (int p = 0; p < panels; p++) {
            __builtin_prefetch(out + r * t->out_stride + p * CK_PANEL_WIDTH, 1, 3);
            if (ends.also.columns) __builtin_prefetch(also + r * t->out_stride + p * CK_PANEL_WIDTH, 1, 3);
        }
    }
#ifdef CK_TILE_INTEGERS
    const grouping packed = {CK_GROUP_WORDS, CK_WORD_GROUPS, 0};
    const grouping of_rows = {CK_ROW_GROUP_WORDS, 1, COLUMNS};
    const grouping by = fetch == FETCH_ROWS ? of_rows : packed;
    groups(t, x, by, t->factors + first * by.factors, rows, panels, fetch, ahead, sums);
#else
    steps(t, x, 0, t->depth, rows, panels, fetch, ahead, sums);
#endif
    finish_tile(t, ends.also, also, NULL, rows, sums);
    finish_tile(t, ends.out, out, t->bias, rows, sums);
}

// The rows that fill no tile.
CK_SIMD_INLINE void short_tiles(const ck_panel_tiles *t, ptrdiff_t first, int panels, tile_ends ends, fetching fetch,
                                fetch_place *ahead) {
    ptrdiff_t left = t->rows - first;
#if CK_TILE_ROWS > 6
    // Nine rows are six and three: a tile of one would wait for its own sums.
    if (left == 8) {
        tile(t, first, 8, panels, ends, fetch, ahead);
        return;
    }
    if (left >= 6) {
        tile(t, first, 6, panels, ends, fetch, ahead);
        first += 6;
        left -= 6;
    }
#endif
    switch (left) {
    case 1: tile(t, first, 1, panels, ends, fetch, ahead); break;
    case 2: tile(t, first, 2, panels, ends, fetch, ahead); break;
    case 3: tile(t, first, 3, panels, ends, fetch, ahead); break;
    case 4: tile(t, first, 4, panels, ends, fetch, ahead); break;
    case 5: tile(t, first, 5, panels, ends, fetch, ahead); break;
    default: break;
    }
}

CK_SIMD_INLINE void last_rows(const ck_panel_tiles *t, ptrdiff_t first, int panels, tile_ends ends) {
    fetch_place nowhere = {t->next_panel};
    short_tiles(t, first, panels, ends, FETCH_NOTHING, &nowhere);
}

// Whole tiles; returns how many rows they took. The first few fetch the next panels to the second-level cache, a part each,
// and the last few to the first one.
CK_SIMD_INLINE ptrdiff_t whole_tiles(const ck_panel_tiles *t, int panels, tile_ends ends) {
    ptrdiff_t first = 0, whole = t->rows - t->rows % CK_TILE_ROWS;
    fetch_place second = {t->next_panel}, nearest = {t->next_panel};
    for (int i = 0; i < FETCHING_TILES && first < whole; i++, first += CK_TILE_ROWS) {
        tile(t, first, CK_TILE_ROWS, panels, ends, FETCH_TO_SECOND_LEVEL, &second);
    }
    for (; first + FETCHING_TILES * CK_TILE_ROWS < whole; first += CK_TILE_ROWS) {
        tile(t, first, CK_TILE_ROWS, panels, ends, FETCH_NOTHING, &second);
    }
    for (; first < whole; first += CK_TILE_ROWS) {
        tile(t, first, CK_TILE_ROWS, panels, ends, FETCH_TO_FIRST_LEVEL, &nearest);
    }
    return first;
}

// Whole tiles with all their columns: an end the compiler knows leaves no branch between a tile's sums and its stores.
CK_SIMD_INLINE ptrdiff_t full_tiles(const ck_panel_tiles *t) {
    int accumulate = t->accumulate;
    switch (t->then) {
    case CK_THEN_GELU:
        // Depths of more than one block end this way.
        if (accumulate) return whole_tiles(t, CK_TILE_PANELS, (tile_ends){{CK_THEN_GELU, 1, COLUMNS}});
        return whole_tiles(t, CK_TILE_PANELS, (tile_ends){{CK_THEN_GELU, 0, COLUMNS}});
    case CK_THEN_NOTHING:
        if (accumulate) return whole_tiles(t, CK_TILE_PANELS, (tile_ends){{CK_THEN_NOTHING, 1, COLUMNS}});
        return whole_tiles(t, CK_TILE_PANELS, (tile_ends){{CK_THEN_NOTHING, 0, COLUMNS}});
    default: return whole_tiles(t, CK_TILE_PANELS, (tile_ends){{t->then, accumulate, COLUMNS}});
    }
}

CK_SIMD void CK_TILES(const ck_panel_tiles *call) {
    // A copy, because the compiler would read the original again after every store.
    const ck_panel_tiles copy = *call, *t = &copy;
    tile_ends ends = {{t->then, t->accumulate, t->columns}};
    // What a tile ends with, far from what it begins with.
    for (ptrdiff_t p = 0; p < CK_TILE_PANELS * CK_PANEL_WIDTH; p += CK_PANEL_WIDTH) {
        if (INTEGERS) __builtin_prefetch(t->scales + p, 0, 3);
        if (t->bias) __builtin_prefetch(t->bias + p, 0, 3);
    }
#if CK_TILE_PANELS > 1
    // The last panel may be alone.
    if (t->columns <= CK_PANEL_WIDTH) {
        last_rows(t, whole_tiles(t, 1, ends), 1, ends);
        return;
    }
#endif
    int full = t->columns >= COLUMNS;
    last_rows(t, full ? full_tiles(t) : whole_tiles(t, CK_TILE_PANELS, ends), CK_TILE_PANELS, ends);
}

#ifdef CK_ROW_TILES
// For few rows: every tile fetches its share.
CK_SIMD void CK_ROW_TILES(const ck_panel_tiles *call) {
    const ck_panel_tiles copy = *call, *t = &copy;
    tile_ends ends = {{t->then, t->accumulate, t->columns, 0, 1}};
    fetch_place ahead = {t->ahead.rows, t->ahead.count};
    ptrdiff_t first = 0;
    for (; first + CK_TILE_ROWS <= t->rows; first += CK_TILE_ROWS) {
        tile(t, first, CK_TILE_ROWS, CK_TILE_PANELS, ends, FETCH_ROWS, &ahead);
    }
    short_tiles(t, first, CK_TILE_PANELS, ends, FETCH_ROWS, &ahead);
}
#endif
