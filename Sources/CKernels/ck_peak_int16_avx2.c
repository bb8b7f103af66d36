#if defined(__x86_64__)
#define CK_BURST ck_peak_burst_int16_avx2
#include "ck_peak_int16_lanes.h"
#endif
