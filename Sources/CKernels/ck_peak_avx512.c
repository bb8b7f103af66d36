// The multiply-add burst with AVX-512.
#if defined(__x86_64__)
#define CK_WANT_AVX512
#define CK_BURST ck_peak_burst_avx512
#include "ck_peak_lanes.h"
#endif
