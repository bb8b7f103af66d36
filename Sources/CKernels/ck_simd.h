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
#define CK_TARGET "avx512bf16,avx512f,avx2,fma,prfchw"
#elif defined(CK_WANT_AVX512_VNNI)
#define CK_TARGET "avx512vnni,avx512f,avx2,fma,prfchw"
#else
#define CK_TARGET "avx512f,avx2,fma,prfchw"
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
CK_SIMD_INLINE vf vf_size(vf a) { return _mm512_abs_ps(a); }
// The sum of a vector of sixteen, in the order in which two of eight are summed.
CK_SIMD_INLINE float vf_sum_of_sixteen(const vf a[1]) {
    __m256 eight = _mm256_add_ps(_mm512_castps512_ps256(a[0]),
                                 _mm256_castpd_ps(_mm512_extractf64x4_pd(_mm512_castps_pd(a[0]), 1)));
    __m128 half = _mm_add_ps(_mm256_castps256_ps128(eight), _mm256_extractf128_ps(eight, 1));
    half = _mm_add_ps(half, _mm_movehl_ps(half, half));
    return _mm_cvtss_f32(_mm_add_ss(half, _mm_movehdup_ps(half)));
}
// Rounded to integers of sixteen bits, in half a vector's place.
CK_SIMD_INLINE void vf_store_int16(float *p, vf a) {
    _mm256_storeu_si256((__m256i *)p, _mm512_cvtsepi32_epi16(_mm512_cvtps_epi32(a)));
}
// a * 2^n, exact where the result is normal; n is an integral float, `n_plus_magic` = n + CK_ROUNDING_MAGIC.
CK_SIMD_INLINE vf vf_scale_by_power(vf a, vf n_plus_magic) {
    __m512i n = _mm512_slli_epi32(_mm512_castps_si512(n_plus_magic), 23);
    return _mm512_castsi512_ps(_mm512_add_epi32(_mm512_castps_si512(a), n));
}
// In every four lanes, the transpose of a 4 x 4 matrix.
CK_SIMD_INLINE void vf_transpose_quads(vf a[4]) {
    vf low01 = _mm512_unpacklo_ps(a[0], a[1]), high01 = _mm512_unpackhi_ps(a[0], a[1]);
    vf low23 = _mm512_unpacklo_ps(a[2], a[3]), high23 = _mm512_unpackhi_ps(a[2], a[3]);
    a[0] = _mm512_shuffle_ps(low01, low23, 0x44);
    a[1] = _mm512_shuffle_ps(low01, low23, 0xEE);
    a[2] = _mm512_shuffle_ps(high01, high23, 0x44);
    a[3] = _mm512_shuffle_ps(high01, high23, 0xEE);
}
CK_SIMD_INLINE void vf_load_quads(const float *const rows[], ptrdiff_t at, vf out[4]) {
    for (int i = 0; i < 4; i++) {
        vf lanes = _mm512_castps128_ps512(_mm_loadu_ps(rows[i] + at));
        lanes = _mm512_insertf32x4(lanes, _mm_loadu_ps(rows[4 + i] + at), 1);
        lanes = _mm512_insertf32x4(lanes, _mm_loadu_ps(rows[8 + i] + at), 2);
        out[i] = _mm512_insertf32x4(lanes, _mm_loadu_ps(rows[12 + i] + at), 3);
    }
    vf_transpose_quads(out);
}
CK_SIMD_INLINE void vf_store_quads(float *const rows[], ptrdiff_t at, vf a[4]) {
    vf_transpose_quads(a);
    for (int i = 0; i < 4; i++) {
        _mm_storeu_ps(rows[i] + at, _mm512_castps512_ps128(a[i]));
        _mm_storeu_ps(rows[4 + i] + at, _mm512_extractf32x4_ps(a[i], 1));
        _mm_storeu_ps(rows[8 + i] + at, _mm512_extractf32x4_ps(a[i], 2));
        _mm_storeu_ps(rows[12 + i] + at, _mm512_extractf32x4_ps(a[i], 3));
    }
}

#if defined(CK_WANT_AVX512_VNNI)
typedef __m512i vi;
CK_SIMD_INLINE vi vi_zero(void) { return _mm512_setzero_si512(); }
CK_SIMD_INLINE vf vi_to_float(vi a) { return _mm512_cvtepi32_ps(a); }
// sum and, in every lane, the two products of the signed halves of a and b.
CK_SIMD_INLINE vi vi_add_products(vf a, vf b, vi sum) {
    return _mm512_dpwssd_epi32(sum, _mm512_castps_si512(a), _mm512_castps_si512(b));
}
#endif

#elif defined(__x86_64__)

#include <immintrin.h>

#define CK_HAVE_SIMD 1
#define CK_SIMD __attribute__((target("avx2,fma,prfchw")))
#define CK_SIMD_INLINE static inline __attribute__((target("avx2,fma,prfchw"), always_inline))

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
CK_SIMD_INLINE vf vf_size(vf a) { return _mm256_andnot_ps(_mm256_set1_ps(-0.0f), a); }
// The sum of sixteen in two vectors.
CK_SIMD_INLINE float vf_sum_of_sixteen(const vf a[2]) { return vf_sum(_mm256_add_ps(a[0], a[1])); }
// Rounded to integers of sixteen bits, in half a vector's place.
CK_SIMD_INLINE void vf_store_int16(float *p, vf a) {
    __m256i whole = _mm256_cvtps_epi32(a);
    _mm_storeu_si128((__m128i *)p, _mm_packs_epi32(_mm256_castsi256_si128(whole), _mm256_extracti128_si256(whole, 1)));
}
// a * 2^n, exact where the result is normal; n is an integral float, `n_plus_magic` = n + CK_ROUNDING_MAGIC.
CK_SIMD_INLINE vf vf_scale_by_power(vf a, vf n_plus_magic) {
    __m256i n = _mm256_slli_epi32(_mm256_castps_si256(n_plus_magic), 23);
    return _mm256_castsi256_ps(_mm256_add_epi32(_mm256_castps_si256(a), n));
}
// In every four lanes, the transpose of a 4 x 4 matrix.
CK_SIMD_INLINE void vf_transpose_quads(vf a[4]) {
    vf low01 = _mm256_unpacklo_ps(a[0], a[1]), high01 = _mm256_unpackhi_ps(a[0], a[1]);
    vf low23 = _mm256_unpacklo_ps(a[2], a[3]), high23 = _mm256_unpackhi_ps(a[2], a[3]);
    a[0] = _mm256_shuffle_ps(low01, low23, 0x44);
    a[1] = _mm256_shuffle_ps(low01, low23, 0xEE);
    a[2] = _mm256_shuffle_ps(high01, high23, 0x44);
    a[3] = _mm256_shuffle_ps(high01, high23, 0xEE);
}
CK_SIMD_INLINE void vf_load_quads(const float *const rows[], ptrdiff_t at, vf out[4]) {
    for (int i = 0; i < 4; i++) {
        vf lanes = _mm256_castps128_ps256(_mm_loadu_ps(rows[i] + at));
        out[i] = _mm256_insertf128_ps(lanes, _mm_loadu_ps(rows[4 + i] + at), 1);
    }
    vf_transpose_quads(out);
}
CK_SIMD_INLINE void vf_store_quads(float *const rows[], ptrdiff_t at, vf a[4]) {
    vf_transpose_quads(a);
    for (int i = 0; i < 4; i++) {
        _mm_storeu_ps(rows[i] + at, _mm256_castps256_ps128(a[i]));
        _mm_storeu_ps(rows[4 + i] + at, _mm256_extractf128_ps(a[i], 1));
    }
}

typedef __m256i vi;
CK_SIMD_INLINE vi vi_zero(void) { return _mm256_setzero_si256(); }
CK_SIMD_INLINE vf vi_to_float(vi a) { return _mm256_cvtepi32_ps(a); }
// sum and, in every lane, the two products of the signed halves of a and b.
CK_SIMD_INLINE vi vi_add_products(vf a, vf b, vi sum) {
    vi products = _mm256_madd_epi16(_mm256_castps_si256(a), _mm256_castps_si256(b));
    // In place, in this order: the compiler would add products first, because integers allow it, and run out of registers.
    __asm__("vpaddd %1, %0, %0" : "+x"(sum) : "x"(products));
    return sum;
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
// a * 2^n, exact where the result is normal; n is an integral float, `n_plus_magic` = n + CK_ROUNDING_MAGIC.
CK_SIMD_INLINE vf vf_scale_by_power(vf a, vf n_plus_magic) {
    int32x4_t n = vshlq_n_s32(vreinterpretq_s32_f32(n_plus_magic), 23);
    return vreinterpretq_f32_s32(vaddq_s32(vreinterpretq_s32_f32(a), n));
}
// The transpose of a 4 x 4 matrix.
CK_SIMD_INLINE void vf_transpose_quads(vf a[4]) {
    float32x4x2_t first = vzipq_f32(a[0], a[2]), second = vzipq_f32(a[1], a[3]);
    float32x4x2_t left = vzipq_f32(first.val[0], second.val[0]), right = vzipq_f32(first.val[1], second.val[1]);
    a[0] = left.val[0];
    a[1] = left.val[1];
    a[2] = right.val[0];
    a[3] = right.val[1];
}
CK_SIMD_INLINE void vf_load_quads(const float *const rows[], ptrdiff_t at, vf out[4]) {
    for (int i = 0; i < 4; i++) out[i] = vld1q_f32(rows[i] + at);
    vf_transpose_quads(out);
}
CK_SIMD_INLINE void vf_store_quads(float *const rows[], ptrdiff_t at, vf a[4]) {
    vf_transpose_quads(a);
    for (int i = 0; i < 4; i++) vst1q_f32(rows[i] + at, a[i]);
}

#else

#define CK_HAVE_SIMD 0

#endif

#if CK_HAVE_SIMD

// Added to a float of less than 2^22 it rounds it to an integer, which then stands in the low bits.
#define CK_ROUNDING_MAGIC 12582912.0f

// Keeps an address in a register of its own. Of several rows the compiler would compute one address from another at every
// step, which is a tenth of the instructions of a tile. There are registers for CK_ADDRESS_REGISTERS of them.
#define CK_OWN_REGISTER(address) __asm__("" : "+r"(address))
#define CK_ADDRESS_REGISTERS 8

// The most vectors a function takes that works on several at once.
enum { CK_AT_ONCE = 6 };

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

// Each of `count` values becomes 2^x, to about 1e-7 relative. For x of about 0 or less: below -125 it is 2^-125, and NaN
// stays NaN. Several at once, step by step, because one alone would wait for itself. 2^n times a polynomial on
// |r| <= 1/2 (fitted by Models/reference/fit_polynomials.py).
CK_SIMD_INLINE void vf_exp2_at_most_1(vf *x, int count) {
    vf shifted[CK_AT_ONCE], r[CK_AT_ONCE], p[CK_AT_ONCE];
#pragma clang loop unroll(full)
    for (int i = 0; i < count; i++) {
        vf t = vf_max(vf_set(-125.0f), x[i]);
        shifted[i] = vf_add(t, vf_set(CK_ROUNDING_MAGIC));
        r[i] = vf_sub(t, vf_sub(shifted[i], vf_set(CK_ROUNDING_MAGIC)));
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < count; i++) p[i] = vf_fma(vf_set(1.326469995e-03f), r[i], vf_set(9.671534076e-03f));
#pragma clang loop unroll(full)
    for (int i = 0; i < count; i++) p[i] = vf_fma(p[i], r[i], vf_set(5.550734002e-02f));
#pragma clang loop unroll(full)
    for (int i = 0; i < count; i++) p[i] = vf_fma(p[i], r[i], vf_set(2.402224176e-01f));
#pragma clang loop unroll(full)
    for (int i = 0; i < count; i++) p[i] = vf_fma(p[i], r[i], vf_set(6.931469774e-01f));
#pragma clang loop unroll(full)
    for (int i = 0; i < count; i++) x[i] = vf_scale_by_power(vf_fma(p[i], r[i], vf_set(1.0f)), shifted[i]);
}

// Each of `count` values becomes gelu(x) = x * (1/2 + e(x)), e(x) = erf(x / sqrt 2) / 2, to about 3e-7 of the larger of
// 1 and |x|. Several at once, step by step, because one alone would wait for itself. e is an odd rational function on
// |x| <= 5.375, at whose ends it comes out as exactly 1/2 (fitted by Models/reference/fit_polynomials.py).
CK_SIMD_INLINE void vf_gelu(vf *x, int count) {
    static const float over[] = {3.989408612e-01f, 5.833534524e-02f, 6.149329711e-03f, 4.124329716e-04f,
                                 7.452826139e-06f};
    static const float under[] = {1.0f, 3.128750324e-01f, 4.258564860e-02f, 3.266402986e-03f, 1.487112459e-04f,
                                  6.140036248e-07f};
    vf inner[CK_AT_ONCE], u[CK_AT_ONCE], p[CK_AT_ONCE], q[CK_AT_ONCE];
#pragma clang loop unroll(full)
    for (int i = 0; i < count; i++) {
        inner[i] = vf_min(vf_set(5.375f), vf_max(vf_set(-5.375f), x[i]));
        u[i] = vf_mul(inner[i], inner[i]);
        p[i] = vf_set(over[4]);
        q[i] = vf_fma(vf_set(under[5]), u[i], vf_set(under[4]));
    }
#pragma clang loop unroll(full)
    for (int k = 3; k >= 0; k--) {
#pragma clang loop unroll(full)
        for (int i = 0; i < count; i++) p[i] = vf_fma(p[i], u[i], vf_set(over[k]));
#pragma clang loop unroll(full)
        for (int i = 0; i < count; i++) q[i] = vf_fma(q[i], u[i], vf_set(under[k]));
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < count; i++) {
        vf e = vf_div(vf_mul(inner[i], p[i]), q[i]);
        x[i] = vf_mul(x[i], vf_add(vf_set(0.5f), e));
    }
}

// max(0, x); NaN stays NaN, because the comparison returns its second operand for it.
CK_SIMD_INLINE vf vf_relu(vf x) { return vf_max(vf_set(0.0f), x); }

#endif
