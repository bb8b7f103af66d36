// Resize, fold and patches. Small passes (a quarter of a megabyte) that the compiler vectorises as they are.
#include "ck_image.h"

#include <math.h>
#include <string.h>

// Weights of the four neighbours at distance t beyond the second of them (Keys' cubic, a = -0.75).
static void cubic_weights(float t, float w[4]) {
    const float a = -0.75f;
    float far_left = t + 1.0f, right = 1.0f - t, far_right = right + 1.0f;
    w[0] = ((a * far_left - 5.0f * a) * far_left + 8.0f * a) * far_left - 4.0f * a;
    w[1] = ((a + 2.0f) * t - (a + 3.0f)) * t * t + 1.0f;
    w[2] = ((a + 2.0f) * right - (a + 3.0f)) * right * right + 1.0f;
    w[3] = ((a * far_right - 5.0f * a) * far_right + 8.0f * a) * far_right - 4.0f * a;
}

static ptrdiff_t clamped(ptrdiff_t i, ptrdiff_t count) { return i < 0 ? 0 : i >= count ? count - 1 : i; }

void ck_spectrogram_image(const float *in, ptrdiff_t frames, ptrdiff_t mels, const float *scale, const float *shift,
                          float *normalised, float *image, ptrdiff_t image_width, ptrdiff_t fold) {
    for (ptrdiff_t i = 0; i < frames; i++) {
        for (ptrdiff_t m = 0; m < mels; m++) normalised[i * mels + m] = in[i * mels + m] * scale[m] + shift[m];
    }
    ptrdiff_t resized = image_width * fold;
    // float32 throughout, as the reference computes positions: a double would place some samples elsewhere.
    float step = resized > 1 ? (float)(frames - 1) / (float)(resized - 1) : 0.0f;
    for (ptrdiff_t i = 0; i < resized; i++) {
        float position = step * (float)i;
        ptrdiff_t at = (ptrdiff_t)floorf(position);
        float w[4];
        if (frames == resized) {
            at = i;
            w[0] = w[2] = w[3] = 0.0f;
            w[1] = 1.0f;
        } else {
            cubic_weights(position - (float)at, w);
        }
        const float *a = normalised + clamped(at - 1, frames) * mels, *b = normalised + clamped(at, frames) * mels;
        const float *c = normalised + clamped(at + 1, frames) * mels, *d = normalised + clamped(at + 2, frames) * mels;
        float *column = image + i / image_width * mels * image_width + i % image_width;
        for (ptrdiff_t m = 0; m < mels; m++) {
            column[m * image_width] = a[m] * w[0] + b[m] * w[1] + c[m] * w[2] + d[m] * w[3];
        }
    }
}

void ck_image_patches(const float *image, ptrdiff_t height, ptrdiff_t width, ptrdiff_t kernel_height,
                      ptrdiff_t kernel_width, ptrdiff_t step_y, ptrdiff_t step_x, ptrdiff_t padding_y,
                      ptrdiff_t padding_x, ptrdiff_t rows, ptrdiff_t columns, float *patches) {
    for (ptrdiff_t py = 0; py < rows; py++) {
        for (ptrdiff_t px = 0; px < columns; px++) {
            ptrdiff_t left = px * step_x - padding_x;
            for (ptrdiff_t ky = 0; ky < kernel_height; ky++, patches += kernel_width) {
                ptrdiff_t y = py * step_y - padding_y + ky;
                if (y >= 0 && y < height && left >= 0 && left + kernel_width <= width) {
                    const float *from = image + y * width + left;
                    for (ptrdiff_t kx = 0; kx < kernel_width; kx++) patches[kx] = from[kx];
                    continue;
                }
                for (ptrdiff_t kx = 0; kx < kernel_width; kx++) {
                    ptrdiff_t x = left + kx;
                    patches[kx] = y < 0 || y >= height || x < 0 || x >= width ? 0.0f : image[y * width + x];
                }
            }
        }
    }
}

void ck_merge_patches(const float *in, ptrdiff_t height, ptrdiff_t width, ptrdiff_t channels, float *out) {
    size_t bytes = (size_t)channels * sizeof(float);
    for (ptrdiff_t y = 0; y + 1 < height; y += 2) {
        for (ptrdiff_t x = 0; x + 1 < width; x += 2, out += 4 * channels) {
            const float *upper = in + (y * width + x) * channels, *lower = upper + width * channels;
            memcpy(out, upper, bytes);
            memcpy(out + channels, lower, bytes);
            memcpy(out + 2 * channels, upper + channels, bytes);
            memcpy(out + 3 * channels, lower + channels, bytes);
        }
    }
}
