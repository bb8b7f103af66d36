// A burst of independent multiply-adds in the vocabulary of ck_simd.h: twelve chains hide a latency of up to six cycles at
// two a cycle. A file includes this once after naming it CK_BURST.
#include "ck_peak_burst.h"
#include "ck_simd.h"

enum { CHAINS = 12 };

CK_SIMD int64_t CK_BURST(int64_t iterations, float *sink) {
    // Start values the compiler cannot know: it would compute a chain that stands still (1 does) once.
    vf sums[CHAINS], factor = vf_set(0.999f), addend = vf_set(0.001f);
    for (int c = 0; c < CHAINS; c++) sums[c] = vf_set(*sink + (float)c);
    for (int64_t i = 0; i < iterations; i++) {
        for (int c = 0; c < CHAINS; c++) sums[c] = vf_fma(sums[c], factor, addend);
    }
    for (int c = 0; c < CHAINS; c++) *sink += vf_sum(sums[c]);
    return iterations * CHAINS * VF_LANES * 2;
}
