#if defined(__x86_64__)
#define CK_WANT_AVX512
#define CK_WANT_AVX512_VNNI
#define CK_BURST ck_peak_burst_int16_avx512
#include "ck_peak_int16_lanes.h"
#endif
