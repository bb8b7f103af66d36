// The transform with AVX2 and fused multiply-add: one register per four lanes.
#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define CK_FFT_PATH(name) name##_avx2
#define CK_FFT_FMA(a, b, c) __builtin_elementwise_fma((a), (b), (c))
#include "ck_fft_lanes.h"
#pragma clang attribute pop
#endif
