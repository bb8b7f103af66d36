// Tiles of the product of few rows with AVX-512: up to 48 rows by 6 outputs. Each value is summed in the
// same order as with AVX2 and comes out with the same bits.
#if defined(__x86_64__)
#define CK_WANT_AVX512
#define CK_FEW_ROWS_TILES ck_few_rows_tiles_avx512
#include "ck_few_rows_lanes.h"
#endif
