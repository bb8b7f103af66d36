// The blocked product's tiles with AVX2 and FMA: 6 rows by 16 outputs.
#if defined(__x86_64__)
#define CK_TILE_ROWS 6
#define CK_TILE_PANELS 1
#define CK_TILES ck_panel_tiles_avx2
#include "ck_panel_lanes.h"
#define CK_STRASSEN_TILES ck_strassen_tiles_avx2
#define CK_STRASSEN_ADD_QUARTERS ck_strassen_sums_avx2
#include "ck_strassen_lanes.h"
#endif
