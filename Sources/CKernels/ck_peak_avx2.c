// The multiply-add burst with AVX2 and FMA.
#if defined(__x86_64__)
#define CK_BURST ck_peak_burst_avx2
#include "ck_peak_lanes.h"
#endif
