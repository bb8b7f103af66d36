// Tiles of the product of few rows with NEON: 12 rows by 8 outputs, 8 by 12.
#if defined(__aarch64__)
#define CK_FEW_ROWS_TILES ck_few_rows_tiles_neon
#include "ck_few_rows_lanes.h"
#endif
