// The blocked product over integers with AVX2: tiles of 6 rows by 16 outputs, two steps of the depth at once.
#if defined(__x86_64__)
#define CK_TILE_ROWS 6
#define CK_TILE_PANELS 1
#define CK_TILES ck_panel_tiles_int16_avx2
#define CK_ROW_TILES ck_row_tiles_int16_avx2
#define CK_TILE_INTEGERS
#include "ck_panel_lanes.h"
#define CK_INT16_WORTH ck_int16_worth_avx2
#define CK_INT16_ROUND ck_int16_round_avx2
#define CK_INT16_PACK ck_int16_pack_avx2
#define CK_INT16_PACK_ROWS ck_int16_pack_rows_avx2
#include "ck_int16_lanes.h"
#endif
