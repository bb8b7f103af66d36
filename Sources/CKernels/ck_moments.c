// Two passes over a window's samples: mean, peak and clipping first, then the central moments around that mean.
#include "ck_moments.h"

#include <math.h>
#include <string.h>

// Fixed partial sums: the order of additions, and so the bits, do not depend on the compiler's vector width.
#define PARTS 8

static double total(const double *parts) {
    return ((parts[0] + parts[1]) + (parts[2] + parts[3])) + ((parts[4] + parts[5]) + (parts[6] + parts[7]));
}

int ck_all_finite(const float *samples, size_t count) {
    // Largest exponent anywhere: all ones only for NaN and infinity.
    unsigned seen = 0;
    for (size_t i = 0; i < count; i++) {
        unsigned bits;
        memcpy(&bits, &samples[i], sizeof bits);
        seen |= (bits & 0x7f800000u) == 0x7f800000u;
    }
    return seen == 0;
}

ck_moments ck_compute_moments(const float *samples, size_t count, float threshold) {
    ck_moments result = {0};
    result.all_finite = ck_all_finite(samples, count);
    if (count == 0 || !result.all_finite) return result;

    double sum[PARTS] = {0}, square[PARTS] = {0};
    float peak[PARTS] = {0};
    size_t at_least = 0, i = 0;
    for (; i < count; i++) {
        float magnitude = fabsf(samples[i]);
        at_least += magnitude >= threshold;
    }
    for (i = 0; i + PARTS <= count; i += PARTS) {
        for (int part = 0; part < PARTS; part++) {
            float x = samples[i + part], magnitude = fabsf(x);
            sum[part] += (double)x;
            square[part] += (double)x * (double)x;
            peak[part] = magnitude > peak[part] ? magnitude : peak[part];
        }
    }
    for (; i < count; i++) {
        float x = samples[i], magnitude = fabsf(x);
        sum[0] += (double)x;
        square[0] += (double)x * (double)x;
        peak[0] = magnitude > peak[0] ? magnitude : peak[0];
    }
    for (int part = 0; part < PARTS; part++) result.peak = peak[part] > result.peak ? peak[part] : result.peak;
    result.at_least = at_least;
    result.mean = total(sum) / (double)count;
    result.mean_square = total(square) / (double)count;

    double second[PARTS] = {0}, third[PARTS] = {0}, fourth[PARTS] = {0};
    for (i = 0; i + PARTS <= count; i += PARTS) {
        for (int part = 0; part < PARTS; part++) {
            double d = (double)samples[i + part] - result.mean, d2 = d * d;
            second[part] += d2;
            third[part] += d2 * d;
            fourth[part] += d2 * d2;
        }
    }
    for (; i < count; i++) {
        double d = (double)samples[i] - result.mean, d2 = d * d;
        second[0] += d2;
        third[0] += d2 * d;
        fourth[0] += d2 * d2;
    }
    result.second = total(second) / (double)count;
    result.third = total(third) / (double)count;
    result.fourth = total(fourth) / (double)count;
    return result;
}
