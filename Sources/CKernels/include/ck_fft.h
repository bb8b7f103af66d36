#pragma once
// Power spectra of real frames, four frames at a time, and their mel bands in decibels.
//
// Four frames travel side by side, one per vector lane, in double precision: the front end's reference computes in double,
// and single precision rounding of a loud low tone would drown bands that are silent (full scale tone: about 3e-10
// in a mel band, above the floor of 1e-10). Lanes never mix, so a frame gives the same bits in any lane.
#include <stddef.h>

#define CK_FFT_LANES 4

/// Twiddles and order of one transform length. Never changes after creation: any number of threads may share it.
typedef struct ck_fft_plan ck_fft_plan;

/// A plan for real frames of `length` samples, a power of two from 8 to 65536; NULL for any other length or when
/// memory runs out.
ck_fft_plan *ck_fft_plan_create(int length);
void ck_fft_plan_destroy(ck_fft_plan *plan);

/// Bytes of scratch one call needs, to be aligned to 64.
size_t ck_fft_workspace_bytes(const ck_fft_plan *plan);

/// |X[k]|^2 for k in first_bin ..< first_bin + bin_count (at most length / 2 + 1) of four frames.
///
/// Sample i of lane l is samples[l * lane_stride + i * sample_stride], multiplied by window[i].
/// power has shape (bin_count, CK_FFT_LANES), aligned to 64.
void ck_fft_power(const ck_fft_plan *plan, const float *samples, ptrdiff_t lane_stride, ptrdiff_t sample_stride,
                  const double *window, int first_bin, int bin_count, double *power, void *workspace);

/// Bytes of scratch ck_fft_shape needs, to be aligned to 64.
size_t ck_fft_shape_workspace_bytes(const ck_fft_plan *plan);

/// Changes the loudness of every bin of four frames and adds the frames to `output`: windowed, transformed, each bin
/// multiplied by its gain, transformed back, windowed again.
///
/// Sample i of lane l is samples[l * lane_stride + i]; it comes back added to output[l * lane_stride + i], multiplied by
/// analysis[i] and synthesis[i]. gains has shape (length / 2 + 1, CK_FFT_LANES), aligned to 64; the first `lanes` lanes
/// are added.
void ck_fft_shape(const ck_fft_plan *plan, const float *samples, ptrdiff_t lane_stride, const double *analysis,
                  const double *gains, const double *synthesis, int lanes, float *output, void *workspace);

/// 10 * log10(max(floor, sum of weights * power)) of four frames.
///
/// Band m sums bins first_bin[m] ..< first_bin[m] + bin_count[m] of `power` with the next bin_count[m] weights.
/// Lane l's bands go to decibels[l * lane_stride ..], for the first `lanes` lanes.
void ck_mel_decibels(const double *power, int band_count, const int *first_bin, const int *bin_count,
                     const double *weights, double floor, int lanes, float *decibels, ptrdiff_t lane_stride);
