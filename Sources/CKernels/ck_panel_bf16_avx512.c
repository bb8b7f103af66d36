// The blocked product's tiles with AVX-512 BF16: 12 rows by 32 outputs, two steps of the depth at once.
#if defined(__x86_64__)
#define CK_WANT_AVX512
#define CK_WANT_AVX512_BF16
#define CK_TILE_ROWS 12
#define CK_TILE_PANELS 2
#define CK_TILES ck_panel_tiles_bf16_avx512
#define CK_TILE_WORDS
#define CK_TILE_MULTIPLY_ADD(x, weight, sum) _mm512_dpbf16_ps(sum, (__m512bh)(x), (__m512bh)(weight))
#include "ck_panel_lanes.h"

CK_SIMD void ck_bf16_words_avx512(const float *x, ptrdiff_t count, float *words) {
    ptrdiff_t k = 0;
    for (; k + 2 * VF_LANES <= count; k += 2 * VF_LANES) {
        __m512bh pairs = _mm512_cvtne2ps_pbh(vf_load(x + k + VF_LANES), vf_load(x + k));
        _mm512_storeu_si512(words + k / 2, (__m512i)pairs);
    }
    if (k < count) {
        ptrdiff_t left = count - k, beyond = left - VF_LANES;
        vf first = left < VF_LANES ? vf_load_tail(x + k, left) : vf_load(x + k);
        vf second = beyond > 0 ? vf_load_tail(x + k + VF_LANES, beyond) : vf_set(0.0f);
        __m512bh pairs = _mm512_cvtne2ps_pbh(second, first);
        vf_store_tail(words + k / 2, (vf)pairs, (left + 1) / 2);
    }
}
#endif
