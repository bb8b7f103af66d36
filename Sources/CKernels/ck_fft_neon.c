// The transform with NEON's fused multiply-add: two registers per four lanes.
#if defined(__aarch64__)
#define CK_FFT_PATH(name) name##_neon
#define CK_FFT_FMA(a, b, c) __builtin_elementwise_fma((a), (b), (c))
#include "ck_fft_lanes.h"
#endif
