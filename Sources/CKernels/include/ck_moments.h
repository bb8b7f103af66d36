#pragma once
// Sums over the samples of one window of sound, in double precision.
#include <stddef.h>

typedef struct {
    double mean;
    double second;        // mean of (x - mean)^2
    double third;         // mean of (x - mean)^3
    double fourth;        // mean of (x - mean)^4
    double mean_square;   // mean of x^2
    double peak;          // largest |x|
    size_t at_least;      // samples with |x| >= threshold
    int all_finite;       // 0 when a sample is NaN or infinite; the other numbers then mean nothing
} ck_moments;

/// Moments of `count` samples. All zero, and finite, for no samples.
ck_moments ck_compute_moments(const float *samples, size_t count, float threshold);

/// 1 when no sample is NaN or infinite.
int ck_all_finite(const float *samples, size_t count);
