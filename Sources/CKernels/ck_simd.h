#pragma once
// One vector vocabulary for the fast kernels: AVX2+FMA on x86-64, NEON on aarch64, written once in terms of `vf`.
//
// A build knows one of the two; whether it is used is decided at run time (ck_active_isa). Where neither exists
// CK_HAVE_SIMD is 0 and only the scalar kernels are built. A file that defines CK_WANT_AVX512 first gets vectors of
// sixteen on x86-64.

#include <stddef.h>
#include <stdint.h>

#include "ck_dispatch.h"

#if defined(__x86_64__) && defined(CK_WANT_AVX512)

#include <immintrin.h>

#define CK_HAVE_SIMD 1
#if defined(CK_WANT_AVX512_BF16)
#define CK_TARGET "avx512bf16,avx512f,avx2,fma"
#else
#define CK_TARGET "avx512f,avx2,fma"
#endif
#define CK_SIMD __attribute__((target(CK_TARGET)))
#define CK_SIMD_INLINE static inline __attribute__((target(CK_TARGET), always_inline))

typedef __m512 vf;
enum { VF_LANES = 16 };

CK_SIMD_INLINE vf vf_load(const float *p) { return _mm512_loadu_ps(p); }
CK_SIMD_INLINE void vf_store(float *p, vf a) { _mm512_storeu_ps(p, a); }
CK_SIMD_INLINE vf vf_set(float a) { return _mm512_set1_ps(a); }
CK_SIMD_INLINE vf vf_add(vf a, vf b) { return _mm512_add_ps(a, b); }
CK_SIMD_INLINE vf vf_sub(vf a, vf b) { return _mm512_sub_ps(a, b); }
CK_SIMD_INLINE vf vf_mul(vf a, vf b) { return _mm512_mul_ps(a, b); }
CK_SIMD_INLINE vf vf_div(vf a, vf b) { return _mm512_div_ps(a, b); }
CK_SIMD_INLINE vf vf_max(vf a, vf b) { return _mm512_max_ps(a, b); }
CK_SIMD_INLINE vf vf_min(vf a, vf b) { return _mm512_min_ps(a, b); }
// a * b + c
CK_SIMD_INLINE vf vf_fma(vf a, vf b, vf c) { return _mm512_fmadd_ps(a, b, c); }
CK_SIMD_INLINE vf vf_round(vf a) { return _mm512_roundscale_ps(a, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC); }
// 2^n for integral n in -126 ... 127
CK_SIMD_INLINE vf vf_power_of_two(vf n) {
    __m512i biased = _mm512_add_epi32(_mm512_cvtps_epi32(n), _mm512_set1_epi32(127));
    return _mm512_castsi512_ps(_mm512_slli_epi32(biased, 23));
}
CK_SIMD_INLINE __mmask16 vf_tail_mask(ptrdiff_t count) { return (__mmask16)((1u << count) - 1u); }
// The first `count` lanes; the others are zero and not touched in memory.
CK_SIMD_INLINE vf vf_load_tail(const float *p, ptrdiff_t count) {
    return _mm512_maskz_loadu_ps(vf_tail_mask(count), p);
}
CK_SIMD_INLINE void vf_store_tail(float *p, vf a, ptrdiff_t count) {
    _mm512_mask_storeu_ps(p, vf_tail_mask(count), a);
}
CK_SIMD_INLINE float vf_sum(vf a) { return _mm512_reduce_add_ps(a); }
CK_SIMD_INLINE float vf_largest(vf a) { return _mm512_reduce_max_ps(a); }

#elif defined(__x86_64__)

#include <immintrin.h>

#define CK_HAVE_SIMD 1
#define CK_SIMD __attribute__((target("avx2,fma")))
#define CK_SIMD_INLINE static inline __attribute__((target("avx2,fma"), always_inline))

typedef __m256 vf;
enum { VF_LANES = 8 };

CK_SIMD_INLINE vf vf_load(const float *p) { return _mm256_loadu_ps(p); }
CK_SIMD_INLINE void vf_store(float *p, vf a) { _mm256_storeu_ps(p, a); }
CK_SIMD_INLINE vf vf_set(float a) { return _mm256_set1_ps(a); }
CK_SIMD_INLINE vf vf_add(vf a, vf b) { return _mm256_add_ps(a, b); }
CK_SIMD_INLINE vf vf_sub(vf a, vf b) { return _mm256_sub_ps(a, b); }
CK_SIMD_INLINE vf vf_mul(vf a, vf b) { return _mm256_mul_ps(a, b); }
CK_SIMD_INLINE vf vf_div(vf a, vf b) { return _mm256_div_ps(a, b); }
CK_SIMD_INLINE vf vf_max(vf a, vf b) { return _mm256_max_ps(a, b); }
CK_SIMD_INLINE vf vf_min(vf a, vf b) { return _mm256_min_ps(a, b); }
// a * b + c
CK_SIMD_INLINE vf vf_fma(vf a, vf b, vf c) { return _mm256_fmadd_ps(a, b, c); }
CK_SIMD_INLINE vf vf_round(vf a) { return _mm256_round_ps(a, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC); }
// 2^n for integral n in -126 ... 127
CK_SIMD_INLINE vf vf_power_of_two(vf n) {
    __m256i biased = _mm256_add_epi32(_mm256_cvtps_epi32(n), _mm256_set1_epi32(127));
    return _mm256_castsi256_ps(_mm256_slli_epi32(biased, 23));
}
CK_SIMD_INLINE __m256i vf_tail_mask(ptrdiff_t count) {
    return _mm256_cmpgt_epi32(_mm256_set1_epi32((int)count), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}
// The first `count` lanes; the others are zero and not touched in memory.
CK_SIMD_INLINE vf vf_load_tail(const float *p, ptrdiff_t count) { return _mm256_maskload_ps(p, vf_tail_mask(count)); }
CK_SIMD_INLINE void vf_store_tail(float *p, vf a, ptrdiff_t count) { _mm256_maskstore_ps(p, vf_tail_mask(count), a); }
CK_SIMD_INLINE float vf_sum(vf a) {
    __m128 half = _mm_add_ps(_mm256_castps256_ps128(a), _mm256_extractf128_ps(a, 1));
    half = _mm_add_ps(half, _mm_movehl_ps(half, half));
    return _mm_cvtss_f32(_mm_add_ss(half, _mm_movehdup_ps(half)));
}
CK_SIMD_INLINE float vf_largest(vf a) {
    __m128 half = _mm_max_ps(_mm256_castps256_ps128(a), _mm256_extractf128_ps(a, 1));
    half = _mm_max_ps(half, _mm_movehl_ps(half, half));
    return _mm_cvtss_f32(_mm_max_ss(half, _mm_movehdup_ps(half)));
}

#elif defined(__aarch64__)

#include <arm_neon.h>

#define CK_HAVE_SIMD 1
#define CK_SIMD
#define CK_SIMD_INLINE static inline __attribute__((always_inline))

typedef float32x4_t vf;
enum { VF_LANES = 4 };

CK_SIMD_INLINE vf vf_load(const float *p) { return vld1q_f32(p); }
CK_SIMD_INLINE void vf_store(float *p, vf a) { vst1q_f32(p, a); }
CK_SIMD_INLINE vf vf_set(float a) { return vdupq_n_f32(a); }
CK_SIMD_INLINE vf vf_add(vf a, vf b) { return vaddq_f32(a, b); }
CK_SIMD_INLINE vf vf_sub(vf a, vf b) { return vsubq_f32(a, b); }
CK_SIMD_INLINE vf vf_mul(vf a, vf b) { return vmulq_f32(a, b); }
CK_SIMD_INLINE vf vf_div(vf a, vf b) { return vdivq_f32(a, b); }
CK_SIMD_INLINE vf vf_max(vf a, vf b) { return vmaxq_f32(a, b); }
CK_SIMD_INLINE vf vf_min(vf a, vf b) { return vminq_f32(a, b); }
// a * b + c
CK_SIMD_INLINE vf vf_fma(vf a, vf b, vf c) { return vfmaq_f32(c, a, b); }
CK_SIMD_INLINE vf vf_round(vf a) { return vrndnq_f32(a); }
// 2^n for integral n in -126 ... 127
CK_SIMD_INLINE vf vf_power_of_two(vf n) {
    int32x4_t biased = vaddq_s32(vcvtq_s32_f32(n), vdupq_n_s32(127));
    return vreinterpretq_f32_s32(vshlq_n_s32(biased, 23));
}
// The first `count` lanes; the others are zero and not touched in memory.
CK_SIMD_INLINE vf vf_load_tail(const float *p, ptrdiff_t count) {
    float lanes[4] = {0, 0, 0, 0};
    for (ptrdiff_t i = 0; i < count && i < 4; i++) lanes[i] = p[i];
    return vld1q_f32(lanes);
}
CK_SIMD_INLINE void vf_store_tail(float *p, vf a, ptrdiff_t count) {
    float lanes[4];
    vst1q_f32(lanes, a);
    for (ptrdiff_t i = 0; i < count && i < 4; i++) p[i] = lanes[i];
}
CK_SIMD_INLINE float vf_sum(vf a) { return vaddvq_f32(a); }
CK_SIMD_INLINE float vf_largest(vf a) { return vmaxvq_f32(a); }

#else

#define CK_HAVE_SIMD 0

#endif

#if CK_HAVE_SIMD

// e^x to about 1e-7 relative. Arguments below -87 give about 1e-38 in place of zero or a denormal; above 88 about
// 1.6e38 in place of infinity. 2^n times a polynomial on |r| <= ln 2 / 2 (fitted by Models/reference/fit_polynomials.py).
CK_SIMD_INLINE vf vf_exp(vf x) {
    x = vf_min(vf_max(x, vf_set(-87.0f)), vf_set(88.0f));
    vf n = vf_round(vf_mul(x, vf_set(1.44269504f)));
    // ln 2 in two parts, the first exact in few bits, so that r keeps its last bits.
    vf r = vf_fma(n, vf_set(-0.693359375f), x);
    r = vf_fma(n, vf_set(2.12194440e-4f), r);
    vf q = vf_set(1.381454011e-03f);
    q = vf_fma(q, r, vf_set(8.368745359e-03f));
    q = vf_fma(q, r, vf_set(4.166839080e-02f));
    q = vf_fma(q, r, vf_set(1.666652040e-01f));
    q = vf_fma(q, r, vf_set(4.999999343e-01f));
    vf p = vf_fma(q, vf_mul(r, r), vf_add(r, vf_set(1.0f)));
    return vf_mul(p, vf_power_of_two(n));
}

// erf(x) to about 3e-7: an odd rational function of x on |x| <= 3.9, beyond which erf is 1 in float32
// (fitted by Models/reference/fit_polynomials.py).
CK_SIMD_INLINE vf vf_erf(vf x) {
    x = vf_min(vf_max(x, vf_set(-3.9f)), vf_set(3.9f));
    vf u = vf_mul(x, x);
    vf p = vf_set(2.066470923e-06f);
    p = vf_fma(p, u, vf_set(2.850632735e-04f));
    p = vf_fma(p, u, vf_set(3.738380461e-03f));
    p = vf_fma(p, u, vf_set(5.266818870e-02f));
    p = vf_fma(p, u, vf_set(1.896675794e-01f));
    p = vf_fma(p, u, vf_set(1.128379148e+00f));
    vf q = vf_set(3.827005427e-05f);
    q = vf_fma(q, u, vf_set(1.157385107e-03f));
    q = vf_fma(q, u, vf_set(1.491434526e-02f));
    q = vf_fma(q, u, vf_set(1.138192757e-01f));
    q = vf_fma(q, u, vf_set(5.014212972e-01f));
    q = vf_fma(q, u, vf_set(1.0f));
    vf y = vf_div(vf_mul(x, p), q);
    return vf_min(vf_max(y, vf_set(-1.0f)), vf_set(1.0f));
}

// x/2 * (1 + erf(x / sqrt 2))
CK_SIMD_INLINE vf vf_gelu(vf x) {
    vf half = vf_mul(x, vf_set(0.5f));
    return vf_fma(half, vf_erf(vf_mul(x, vf_set(0.70710678118654752f))), half);
}

// max(0, x); NaN stays NaN, because the comparison returns its second operand for it.
CK_SIMD_INLINE vf vf_relu(vf x) { return vf_max(vf_set(0.0f), x); }

#endif
