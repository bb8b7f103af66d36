// Bursts of multiply-adds on the active path.
#include "ck_peak.h"

#include "ck_dispatch.h"
#include "ck_panel_int16.h"
#include "ck_peak_burst.h"

#define SCALAR_CHAINS 12

static int64_t burst_scalar(int64_t iterations, float *sink) {
    float sums[SCALAR_CHAINS];
    for (int c = 0; c < SCALAR_CHAINS; c++) sums[c] = *sink + (float)c;
    for (int64_t i = 0; i < iterations; i++) {
        for (int c = 0; c < SCALAR_CHAINS; c++) sums[c] = sums[c] * 0.999f + 0.001f;
    }
    for (int c = 0; c < SCALAR_CHAINS; c++) *sink += sums[c];
    return iterations * SCALAR_CHAINS * 2;
}

int64_t ck_peak_burst(int64_t iterations, float *sink) {
    switch (ck_active_isa()) {
#if defined(__x86_64__)
    case CK_ISA_AVX2: return ck_peak_burst_avx2(iterations, sink);
    case CK_ISA_AVX512: return ck_peak_burst_avx512(iterations, sink);
#elif defined(__aarch64__)
    case CK_ISA_NEON: return ck_peak_burst_neon(iterations, sink);
#endif
    default: return burst_scalar(iterations, sink);
    }
}

int64_t ck_peak_burst_int16(int64_t iterations, float *sink) {
#if defined(__x86_64__)
    if (ck_has_int16()) {
        return ck_active_isa() == CK_ISA_AVX512 ? ck_peak_burst_int16_avx512(iterations, sink)
                                                : ck_peak_burst_int16_avx2(iterations, sink);
    }
#endif
    (void)iterations, (void)sink;
    return 0;
}
