// One of Strassen's seven products, on the tiles of ck_panel_lanes.h, and the sums it begins with; a file includes this
// after that one and after choosing CK_STRASSEN_TILES and CK_STRASSEN_ADD_QUARTERS (the functions' names).
#include "ck_strassen_step.h"

CK_SIMD void CK_STRASSEN_ADD_QUARTERS(const ck_strassen_rows *call) {
    const ck_strassen_rows r = *call;
    for (ptrdiff_t i = 0; i < r.rows; i++) {
        const float *upper = r.upper + i * r.stride, *lower = r.lower + i * r.stride;
        float *out = r.sums + i * CK_STRASSEN_STRIDE;
        ptrdiff_t d = 0;
        for (; d + VF_LANES <= r.depth; d += VF_LANES) {
            vf upper_left = vf_load(upper + d), upper_right = vf_load(upper + r.depth + d);
            vf lower_left = vf_load(lower + d), lower_right = vf_load(lower + r.depth + d);
            vf_store(out + d, vf_add(upper_left, lower_right));
            vf_store(out + CK_STRASSEN_SUM_FLOATS + d, vf_add(upper_left, upper_right));
            vf_store(out + 2 * CK_STRASSEN_SUM_FLOATS + d, vf_sub(upper_right, lower_right));
            vf_store(out + 3 * CK_STRASSEN_SUM_FLOATS + d, vf_add(lower_left, lower_right));
            vf_store(out + 4 * CK_STRASSEN_SUM_FLOATS + d, vf_sub(lower_left, upper_left));
        }
        for (; d < r.depth; d++) ck_strassen_sums_at(upper + d, lower + d, r.depth, out + d);
    }
}

// The last product for `out`, with ends the compiler knows, for whole tiles.
CK_SIMD_INLINE ptrdiff_t finishing_tiles(const ck_panel_tiles *t, tile_end also) {
    switch (t->then) {
    case CK_THEN_NOTHING: return whole_tiles(t, CK_TILE_PANELS, (tile_ends){{CK_THEN_NOTHING, 1, COLUMNS}, also});
    case CK_THEN_GELU: return whole_tiles(t, CK_TILE_PANELS, (tile_ends){{CK_THEN_GELU, 1, COLUMNS}, also});
    default: return whole_tiles(t, CK_TILE_PANELS, (tile_ends){{t->then, 1, COLUMNS}, also});
    }
}

CK_SIMD void CK_STRASSEN_TILES(const ck_panel_tiles *call, ck_strassen_step step) {
    // A copy, because the compiler would read the original again after every store.
    const ck_panel_tiles copy = *call, *t = &copy;
    const tile_end store = {CK_THEN_NOTHING, 0, COLUMNS}, add = {CK_THEN_NOTHING, 1, COLUMNS};
    const tile_end subtract = {CK_THEN_NOTHING, 1, COLUMNS, 1}, nowhere = {CK_THEN_NOTHING, 0, 0};
    tile_ends ends = {{t->then, 1, COLUMNS}, nowhere};
    ptrdiff_t first = 0;
    switch (step) {
    case CK_STRASSEN_STORE_BOTH:
        ends = (tile_ends){store, store};
        first = whole_tiles(t, CK_TILE_PANELS, (tile_ends){store, store});
        break;
    case CK_STRASSEN_ADD_STORE:
        ends = (tile_ends){add, store};
        first = whole_tiles(t, CK_TILE_PANELS, (tile_ends){add, store});
        break;
    case CK_STRASSEN_ADD_BOTH:
        ends = (tile_ends){add, add};
        first = whole_tiles(t, CK_TILE_PANELS, (tile_ends){add, add});
        break;
    case CK_STRASSEN_SUBTRACT_STORE:
        ends = (tile_ends){subtract, store};
        first = whole_tiles(t, CK_TILE_PANELS, (tile_ends){subtract, store});
        break;
    case CK_STRASSEN_SUBTRACT_ADD:
        ends = (tile_ends){subtract, add};
        first = whole_tiles(t, CK_TILE_PANELS, (tile_ends){subtract, add});
        break;
    case CK_STRASSEN_FINISH: first = finishing_tiles(t, nowhere); break;
    case CK_STRASSEN_FINISH_ADD:
        ends.also = add;
        first = finishing_tiles(t, add);
        break;
    case CK_STRASSEN_FINISH_SUBTRACT:
        ends.also = subtract;
        first = finishing_tiles(t, subtract);
        break;
    }
    last_rows(t, first, CK_TILE_PANELS, ends);
}
