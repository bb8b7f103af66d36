// Tiles of the product of few rows with NEON: 12 or 8 rows by 8 outputs.
#if defined(__aarch64__)
#define CK_FEW_ROWS_TILES ck_few_rows_tiles_neon
#include "ck_few_rows_lanes.h"
#endif
