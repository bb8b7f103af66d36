// A burst of products of integers of sixteen bits, two a lane, added up in twelve chains; a file includes this once after naming
// it CK_BURST.
#include "ck_peak_burst.h"
#include "ck_simd.h"

enum { CHAINS = 12 };

CK_SIMD int64_t CK_BURST(int64_t iterations, float *sink) {
    // The sums grow and wrap around, which costs nothing. The compiler is not to know that all products are the same.
    vf factor = vf_set(*sink);
    vi sums[CHAINS];
    for (int c = 0; c < CHAINS; c++) sums[c] = vi_zero();
    for (int64_t i = 0; i < iterations; i++) {
        for (int c = 0; c < CHAINS; c++) {
            sums[c] = vi_add_products(factor, factor, sums[c]);
            __asm__("" : "+x"(factor));
        }
    }
    for (int c = 0; c < CHAINS; c++) *sink += vf_sum(vi_to_float(sums[c]));
    return iterations * CHAINS * VF_LANES * 4;
}
