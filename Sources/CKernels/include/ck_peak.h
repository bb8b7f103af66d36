#pragma once
// How fast this core can multiply and add, to put a figure beside what a program reaches.
#include <stdint.h>

/// Runs `iterations` rounds of independent fused multiply-adds on registers (scalar ones where the scalar path is
/// active) and returns how many floating-point operations that was (a multiply-add counts two). `sink` receives the
/// sums, so that the work cannot be dropped.
int64_t ck_peak_burst(int64_t iterations, float *sink);

/// The same with bfloat16 factors; 0 without doing anything where the active path lacks them.
int64_t ck_peak_burst_bf16(int64_t iterations, float *sink);

/// The same with integers of sixteen bits, each product and sum counting as one operation.
int64_t ck_peak_burst_int16(int64_t iterations, float *sink);
