// Plans for the transform (made once, in double precision) and the choice of path per call.
#include "ck_fft.h"

#include "ck_dispatch.h"
#include "ck_fft_plan.h"

#include <math.h>
#include <stdlib.h>

static const double two_pi = 6.283185307179586476925286766559;

// exp(-2 pi i k / n). The angle is reduced to one eighth of the circle first, so that opposite points are exact mirrors.
static void unit_root(long k, long n, double *re, double *im) {
    k %= n;
    long eighth = (8 * k) / n;
    double c, s;
    switch (eighth) {
    case 0: c = cos(two_pi * k / n), s = sin(two_pi * k / n); break;
    case 1:
    case 2: c = -sin(two_pi * (4 * k - n) / (4.0 * n)), s = cos(two_pi * (4 * k - n) / (4.0 * n)); break;
    case 3:
    case 4: c = -cos(two_pi * (2 * k - n) / (2.0 * n)), s = -sin(two_pi * (2 * k - n) / (2.0 * n)); break;
    case 5:
    case 6: c = sin(two_pi * (4 * k - 3 * n) / (4.0 * n)), s = -cos(two_pi * (4 * k - 3 * n) / (4.0 * n)); break;
    default: c = cos(two_pi * (k - n) / n), s = sin(two_pi * (k - n) / n); break;
    }
    *re = c;
    *im = -s;
}

static void fill_stage_twiddles(double *out, int half) {
    for (int span = half; span >= 4; span /= 4) {
        for (int j = 0; j < span / 4; j++) {
            for (int power = 1; power <= 3; power++, out += 2) unit_root((long)power * j, span, out, out + 1);
        }
    }
}

// Each radix-4 stage sorts the points by their index modulo 4 into quarters, then goes on inside each quarter.
static void fill_positions(int32_t *position, int half) {
    for (int k = 0; k < half; k++) {
        int index = k, place = 0, span = half;
        while (span >= 4) {
            span /= 4;
            place += (index % 4) * span;
            index /= 4;
        }
        if (span == 2) place += index % 2;
        position[k] = place;
    }
}

ck_fft_plan *ck_fft_plan_create(int length) {
    if (length < 8 || length > 65536 || (length & (length - 1)) != 0) return NULL;
    ck_fft_plan *plan = calloc(1, sizeof *plan);
    if (plan == NULL) return NULL;
    plan->length = length;
    plan->half = length / 2;
    // Butterflies: half/4 + half/16 + ... < half/3, six numbers each.
    plan->stage_twiddles = malloc(sizeof(double) * 2 * (size_t)plan->half);
    plan->split_twiddles = malloc(sizeof(double) * 2 * (size_t)plan->half);
    plan->position = malloc(sizeof(int32_t) * (size_t)plan->half);
    if (plan->stage_twiddles == NULL || plan->split_twiddles == NULL || plan->position == NULL) {
        ck_fft_plan_destroy(plan);
        return NULL;
    }
    fill_stage_twiddles(plan->stage_twiddles, plan->half);
    for (int k = 0; k < plan->half; k++) {
        unit_root(k, length, &plan->split_twiddles[2 * k], &plan->split_twiddles[2 * k + 1]);
    }
    fill_positions(plan->position, plan->half);
    return plan;
}

void ck_fft_plan_destroy(ck_fft_plan *plan) {
    if (plan == NULL) return;
    free(plan->stage_twiddles);
    free(plan->split_twiddles);
    free(plan->position);
    free(plan);
}

size_t ck_fft_workspace_bytes(const ck_fft_plan *plan) {
    return sizeof(double) * 2 * CK_FFT_LANES * (size_t)plan->half;
}

void ck_fft_power(const ck_fft_plan *plan, const float *samples, ptrdiff_t lane_stride, ptrdiff_t sample_stride,
                  const double *window, int first_bin, int bin_count, double *power, void *workspace) {
    ck_fft_power_function *run = ck_fft_power_portable;
#if defined(__x86_64__)
    if (ck_has_avx2(ck_active_isa())) run = ck_fft_power_avx2;
#elif defined(__aarch64__)
    if (ck_active_isa() == CK_ISA_NEON) run = ck_fft_power_neon;
#endif
    run(plan, samples, lane_stride, sample_stride, window, first_bin, bin_count, power, workspace);
}

size_t ck_fft_shape_workspace_bytes(const ck_fft_plan *plan) {
    return 2 * ck_fft_workspace_bytes(plan);
}

void ck_fft_shape(const ck_fft_plan *plan, const float *samples, ptrdiff_t lane_stride, const double *analysis,
                  const double *gains, const double *synthesis, int lanes, float *output, void *workspace) {
    ck_fft_shape_function *run = ck_fft_shape_portable;
#if defined(__x86_64__)
    if (ck_has_avx2(ck_active_isa())) run = ck_fft_shape_avx2;
#elif defined(__aarch64__)
    if (ck_active_isa() == CK_ISA_NEON) run = ck_fft_shape_neon;
#endif
    run(plan, samples, lane_stride, analysis, gains, synthesis, lanes, output, workspace);
}

void ck_mel_decibels(const double *power, int band_count, const int *first_bin, const int *bin_count,
                     const double *weights, double floor, int lanes, float *decibels, ptrdiff_t lane_stride) {
    ck_mel_decibels_function *run = ck_mel_decibels_portable;
#if defined(__x86_64__)
    if (ck_has_avx2(ck_active_isa())) run = ck_mel_decibels_avx2;
#elif defined(__aarch64__)
    if (ck_active_isa() == CK_ISA_NEON) run = ck_mel_decibels_neon;
#endif
    run(power, band_count, first_bin, bin_count, weights, floor, lanes, decibels, lane_stride);
}
