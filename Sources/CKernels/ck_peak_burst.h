#pragma once
// The bursts of the instruction sets, each in a file of its own.
#include <stdint.h>

int64_t ck_peak_burst_avx2(int64_t iterations, float *sink);
int64_t ck_peak_burst_avx512(int64_t iterations, float *sink);
int64_t ck_peak_burst_int16_avx2(int64_t iterations, float *sink);
int64_t ck_peak_burst_int16_avx512(int64_t iterations, float *sink);
int64_t ck_peak_burst_neon(int64_t iterations, float *sink);
