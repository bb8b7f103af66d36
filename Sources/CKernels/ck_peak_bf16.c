// A burst of bfloat16 multiply-adds, two a lane, in twelve chains.
#include "ck_panel_bf16.h"
#include "ck_peak.h"

#if defined(__x86_64__)

#define CK_WANT_AVX512
#define CK_WANT_AVX512_BF16
#include "ck_simd.h"

enum { CHAINS = 12 };

CK_SIMD static int64_t burst(int64_t iterations, float *sink) {
    // 1 and a little in every half; the sums grow, which costs nothing.
    __m512bh factor = (__m512bh)_mm512_set1_epi32(0x3F813F81);
    vf sums[CHAINS];
    for (int c = 0; c < CHAINS; c++) sums[c] = vf_set(*sink + (float)c);
    for (int64_t i = 0; i < iterations; i++) {
        for (int c = 0; c < CHAINS; c++) sums[c] = _mm512_dpbf16_ps(sums[c], factor, factor);
    }
    for (int c = 0; c < CHAINS; c++) *sink += vf_sum(sums[c]);
    return iterations * CHAINS * VF_LANES * 4;
}

#endif

int64_t ck_peak_burst_bf16(int64_t iterations, float *sink) {
#if defined(__x86_64__)
    if (ck_has_bf16()) return burst(iterations, sink);
#endif
    (void)iterations, (void)sink;
    return 0;
}
