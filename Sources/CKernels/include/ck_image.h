#pragma once
// From a log-mel spectrogram to the image the patch embedding reads.
#include <stddef.h>

/// Normalises one channel of a spectrogram, resizes it in time and folds it into an image, in that order.
///
/// Each value becomes in * scale[mel] + shift[mel] (the folded batch norm). Time is resized from `frames` to
/// `image_width * fold` by bicubic interpolation (a = -0.75, aligned corners, edges clamped: as torch's
/// interpolate(mode="bicubic", align_corners=True)); equal lengths copy. The resized time axis is cut into `fold`
/// stretches that are stacked along frequency.
///
/// in: (frames, mels). normalised: scratch (frames, mels). image: (fold * mels, image_width).
void ck_spectrogram_image(const float *in, ptrdiff_t frames, ptrdiff_t mels, const float *scale, const float *shift,
                          float *normalised, float *image, ptrdiff_t image_width, ptrdiff_t fold);

/// Patches of an image as the rows of a matrix (im2col), zero beyond the image's edges.
/// image: (height, width). patches: row (py * columns + px), column (ky * kernel_width + kx); row stride `stride`.
void ck_image_patches(const float *image, ptrdiff_t height, ptrdiff_t width, ptrdiff_t kernel_height,
                      ptrdiff_t kernel_width, ptrdiff_t step_y, ptrdiff_t step_x, ptrdiff_t padding_y,
                      ptrdiff_t padding_x, ptrdiff_t rows, ptrdiff_t columns, float *patches);

/// Gathers 2 x 2 neighbours into one row, channels of (0,0), (1,0), (0,1), (1,1) side by side (row, column).
/// in: (height, width, channels). out: (height / 2 * width / 2, 4 * channels).
void ck_merge_patches(const float *in, ptrdiff_t height, ptrdiff_t width, ptrdiff_t channels, float *out);
