// Tiles of the product of few rows with AVX2 and FMA: 24 rows by 4 outputs, 16 by 6, 8 by 8.
#if defined(__x86_64__)
#define CK_FEW_ROWS_TILES ck_few_rows_tiles_avx2
#include "ck_few_rows_lanes.h"
#endif
