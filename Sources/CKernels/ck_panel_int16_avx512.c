// The blocked product's tiles over integers with AVX-512 VNNI: 12 rows by 32 outputs, two steps of the depth at once. The same
// bits as with AVX2.
#if defined(__x86_64__)
#define CK_WANT_AVX512
#define CK_WANT_AVX512_VNNI
#define CK_TILE_ROWS 12
#define CK_TILE_PANELS 2
#define CK_TILES ck_panel_tiles_int16_avx512
#define CK_ROW_TILES ck_row_tiles_int16_avx512
#define CK_TILE_INTEGERS
#include "ck_panel_lanes.h"
#define CK_INT16_PACK ck_int16_pack_avx512
#define CK_INT16_PACK_ROWS ck_int16_pack_rows_avx512
#include "ck_int16_lanes.h"
#endif
