// The blocked product's tiles with AVX-512: 12 rows by 32 outputs. Each value is summed in the same order as with AVX2 and
// comes out with the same bits.
#if defined(__x86_64__)
#define CK_WANT_AVX512
#define CK_TILE_ROWS 12
#define CK_TILE_PANELS 2
#define CK_TILES ck_panel_tiles_avx512
#include "ck_panel_lanes.h"
#define CK_STRASSEN_TILES ck_strassen_tiles_avx512
#define CK_STRASSEN_ADD_QUARTERS ck_strassen_sums_avx512
#include "ck_strassen_lanes.h"
#endif
