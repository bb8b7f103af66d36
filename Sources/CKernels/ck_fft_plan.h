// The inside of a transform plan, shared by the code that fills it and the paths that run it.
#pragma once
#include "ck_fft.h"

#include <stdint.h>

struct ck_fft_plan {
    int length;            // real samples per frame
    int half;              // complex points: two neighbouring samples make one
    double *stage_twiddles;  // per radix-4 stage and butterfly: w, w^2, w^3 as (re, im); stages from long to short
    double *split_twiddles;  // exp(-2 pi i k / length) for k in 0 ..< half, as (re, im)
    int32_t *position;     // where point k lies after the in-place transform, for k in 0 ..< half
};

typedef void ck_fft_power_function(const ck_fft_plan *plan, const float *samples, ptrdiff_t lane_stride,
                                   ptrdiff_t sample_stride, const double *window, int first_bin, int bin_count,
                                   double *power, void *workspace);
typedef void ck_fft_shape_function(const ck_fft_plan *plan, const float *samples, ptrdiff_t lane_stride,
                                   const double *analysis, const double *gains, const double *synthesis, int lanes,
                                   float *output, void *workspace);
typedef void ck_mel_decibels_function(const double *power, int band_count, const int *first_bin, const int *bin_count,
                                      const double *weights, double floor, int lanes, float *decibels,
                                      ptrdiff_t lane_stride);

ck_fft_power_function ck_fft_power_portable;
ck_fft_shape_function ck_fft_shape_portable;
ck_mel_decibels_function ck_mel_decibels_portable;
#if defined(__x86_64__)
ck_fft_power_function ck_fft_power_avx2;
ck_fft_shape_function ck_fft_shape_avx2;
ck_mel_decibels_function ck_mel_decibels_avx2;
#elif defined(__aarch64__)
ck_fft_power_function ck_fft_power_neon;
ck_fft_shape_function ck_fft_shape_neon;
ck_mel_decibels_function ck_mel_decibels_neon;
#endif
