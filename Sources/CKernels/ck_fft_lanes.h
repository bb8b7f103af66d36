// The transform itself, written once on vectors of four doubles and compiled once per instruction set.
//
// A file that includes this defines CK_FFT_PATH(name), the name with its path's suffix, and CK_FFT_FMA(a, b, c).
// Method: the frame's sample pairs as complex points, in-place radix-4 decimation in frequency (radix 2 last for odd
// powers), then the split of the half-length transform into the real one's bins.
// Sorensen et al., "Real-valued fast Fourier transform algorithms", 1987: https://doi.org/10.1109/TASSP.1987.1165220
#include "ck_fft_plan.h"

#include <string.h>

typedef double lanes4 __attribute__((vector_size(32)));
typedef float floats4 __attribute__((vector_size(16)));
typedef int64_t longs4 __attribute__((vector_size(32)));
typedef struct {
    lanes4 re, im;
} point;

#define SPLAT(x) ((lanes4){(x), (x), (x), (x)})

// Four consecutive samples of each lane, windowed, turned so that each vector holds one sample of four lanes.
#define LOAD_LANE(name, pointer, win)                          \
    floats4 name##_raw;                                        \
    memcpy(&name##_raw, (pointer), sizeof name##_raw);         \
    lanes4 name = __builtin_convertvector(name##_raw, lanes4) * (win)

static void CK_FFT_PATH(load_unit_stride)(const float *samples, ptrdiff_t lane_stride, const double *window, int length,
                                          point *x) {
    for (int i = 0; i < length; i += 4) {
        lanes4 win;
        memcpy(&win, window + i, sizeof win);
        LOAD_LANE(a, samples + i, win);
        LOAD_LANE(b, samples + i + lane_stride, win);
        LOAD_LANE(c, samples + i + 2 * lane_stride, win);
        LOAD_LANE(d, samples + i + 3 * lane_stride, win);
        lanes4 ab_even = __builtin_shufflevector(a, b, 0, 4, 2, 6), ab_odd = __builtin_shufflevector(a, b, 1, 5, 3, 7);
        lanes4 cd_even = __builtin_shufflevector(c, d, 0, 4, 2, 6), cd_odd = __builtin_shufflevector(c, d, 1, 5, 3, 7);
        point *out = x + i / 2;
        out[0].re = __builtin_shufflevector(ab_even, cd_even, 0, 1, 4, 5);
        out[0].im = __builtin_shufflevector(ab_odd, cd_odd, 0, 1, 4, 5);
        out[1].re = __builtin_shufflevector(ab_even, cd_even, 2, 3, 6, 7);
        out[1].im = __builtin_shufflevector(ab_odd, cd_odd, 2, 3, 6, 7);
    }
}

static void CK_FFT_PATH(load_any_stride)(const float *samples, ptrdiff_t lane_stride, ptrdiff_t sample_stride,
                                         const double *window, int length, point *x) {
    for (int i = 0; i < length; i++) {
        lanes4 value;
        for (int lane = 0; lane < CK_FFT_LANES; lane++) {
            value[lane] = (double)samples[lane * lane_stride + i * sample_stride] * window[i];
        }
        if (i % 2 == 0) x[i / 2].re = value;
        else x[i / 2].im = value;
    }
}

// out = t * w, w from the table.
#define TWIDDLE(out, t_re, t_im, w)                                                      \
    do {                                                                                 \
        lanes4 w_re = SPLAT((w)[0]), w_im = SPLAT((w)[1]);                               \
        (out).re = CK_FFT_FMA((t_re), w_re, -((t_im) * w_im));                           \
        (out).im = CK_FFT_FMA((t_re), w_im, (t_im) * w_re);                              \
    } while (0)

static void CK_FFT_PATH(transform)(const ck_fft_plan *plan, point *restrict x) {
    const double *twiddles = plan->stage_twiddles;
    int span = plan->half;
    for (; span >= 4; span /= 4) {
        int quarter = span / 4;
        for (int block = 0; block < plan->half; block += span) {
            point *p0 = x + block, *p1 = p0 + quarter, *p2 = p1 + quarter, *p3 = p2 + quarter;
            const double *w = twiddles;
            for (int j = 0; j < quarter; j++, w += 6) {
                lanes4 sum02_re = p0[j].re + p2[j].re, sum02_im = p0[j].im + p2[j].im;
                lanes4 dif02_re = p0[j].re - p2[j].re, dif02_im = p0[j].im - p2[j].im;
                lanes4 sum13_re = p1[j].re + p3[j].re, sum13_im = p1[j].im + p3[j].im;
                lanes4 dif13_re = p1[j].re - p3[j].re, dif13_im = p1[j].im - p3[j].im;
                p0[j].re = sum02_re + sum13_re;
                p0[j].im = sum02_im + sum13_im;
                TWIDDLE(p1[j], dif02_re + dif13_im, dif02_im - dif13_re, w);
                TWIDDLE(p2[j], sum02_re - sum13_re, sum02_im - sum13_im, w + 2);
                TWIDDLE(p3[j], dif02_re - dif13_im, dif02_im + dif13_re, w + 4);
            }
        }
        twiddles += 6 * quarter;
    }
    if (span == 2) {
        for (int i = 0; i < plan->half; i += 2) {
            point a = x[i], b = x[i + 1];
            x[i].re = a.re + b.re;
            x[i].im = a.im + b.im;
            x[i + 1].re = a.re - b.re;
            x[i + 1].im = a.im - b.im;
        }
    }
}

void CK_FFT_PATH(ck_fft_power)(const ck_fft_plan *plan, const float *samples, ptrdiff_t lane_stride,
                               ptrdiff_t sample_stride, const double *window, int first_bin, int bin_count,
                               double *power, void *workspace) {
    point *x = workspace;
    if (sample_stride == 1) CK_FFT_PATH(load_unit_stride)(samples, lane_stride, window, plan->length, x);
    else CK_FFT_PATH(load_any_stride)(samples, lane_stride, sample_stride, window, plan->length, x);
    CK_FFT_PATH(transform)(plan, x);

    lanes4 *out = (lanes4 *)power;
    for (int k = first_bin; k < first_bin + bin_count; k++) {
        if (k == 0 || k == plan->half) {
            lanes4 edge = k == 0 ? x[0].re + x[0].im : x[0].re - x[0].im;
            *out++ = edge * edge;
            continue;
        }
        // Even samples' bin E = (Z[k] + conj Z[half - k]) / 2, odd samples' O = (Z[k] - conj Z[half - k]) / 2i.
        point a = x[plan->position[k]], b = x[plan->position[plan->half - k]];
        lanes4 even_re = a.re + b.re, even_im = a.im - b.im;
        lanes4 odd_re = a.im + b.im, odd_im = b.re - a.re;
        point turned;
        TWIDDLE(turned, odd_re, odd_im, plan->split_twiddles + 2 * k);
        lanes4 re = even_re + turned.re, im = even_im + turned.im;
        *out++ = SPLAT(0.25) * CK_FFT_FMA(re, re, im * im);
    }
}

// The way back is the way there on conjugates: the changed bins are joined to a half-length spectrum, whose transform,
// conjugated and divided by its length, holds the sample pairs.
void CK_FFT_PATH(ck_fft_shape)(const ck_fft_plan *plan, const float *samples, ptrdiff_t lane_stride,
                               const double *analysis, const double *gains, const double *synthesis, int lanes,
                               float *output, void *workspace) {
    point *x = workspace, *y = x + plan->half;
    CK_FFT_PATH(load_unit_stride)(samples, lane_stride, analysis, plan->length, x);
    CK_FFT_PATH(transform)(plan, x);

    const lanes4 *gain = (const lanes4 *)gains;
    // Bin 0 and the highest one are real: their even part is x[0].re, their odd part x[0].im.
    lanes4 mean = SPLAT(0.5) * (gain[0] + gain[plan->half]), lean = SPLAT(0.5) * (gain[0] - gain[plan->half]);
    y[0].re = CK_FFT_FMA(mean, x[0].re, lean * x[0].im);
    y[0].im = -CK_FFT_FMA(mean, x[0].im, lean * x[0].re);
    for (int k = 1; k <= plan->half / 2; k++) {
        const double *w = plan->split_twiddles + 2 * k;
        const double back[2] = {w[0], -w[1]};
        // With T = w * O, bin k is E + T and bin half - k the conjugate of E - T.
        point a = x[plan->position[k]], b = x[plan->position[plan->half - k]];
        lanes4 even_re = SPLAT(0.5) * (a.re + b.re), even_im = SPLAT(0.5) * (a.im - b.im);
        lanes4 odd_re = SPLAT(0.5) * (a.im + b.im), odd_im = SPLAT(0.5) * (b.re - a.re);
        point turned, odd;
        TWIDDLE(turned, odd_re, odd_im, w);
        mean = SPLAT(0.5) * (gain[k] + gain[plan->half - k]);
        lean = SPLAT(0.5) * (gain[k] - gain[plan->half - k]);
        lanes4 new_re = CK_FFT_FMA(mean, even_re, lean * turned.re), new_im = CK_FFT_FMA(mean, even_im, lean * turned.im);
        lanes4 sum_re = CK_FFT_FMA(lean, even_re, mean * turned.re), sum_im = CK_FFT_FMA(lean, even_im, mean * turned.im);
        TWIDDLE(odd, sum_re, sum_im, back);
        // E + iO and conj E + i conj O, both conjugated.
        y[k].re = new_re - odd.im;
        y[k].im = -(new_im + odd.re);
        y[plan->half - k].re = new_re + odd.im;
        y[plan->half - k].im = new_im - odd.re;
    }
    CK_FFT_PATH(transform)(plan, y);

    const lanes4 scale = SPLAT(1.0 / plan->half);
    for (int n = 0; n < plan->half; n++) {
        point p = y[plan->position[n]];
        lanes4 first = p.re * scale * SPLAT(synthesis[2 * n]), second = -(p.im * scale) * SPLAT(synthesis[2 * n + 1]);
        for (int lane = 0; lane < lanes; lane++) {
            float *out = output + lane * lane_stride + 2 * n;
            out[0] += (float)first[lane];
            out[1] += (float)second[lane];
        }
    }
}

// 10 * log10(x) for positive normal x, within 1e-9: x = m * 2^e with m in [sqrt(1/2), sqrt(2)), and
// log m = 2 artanh(s) with s = (m - 1) / (m + 1), |s| <= 0.172.
static inline void CK_FFT_PATH(ten_log10)(lanes4 *value) {
    const longs4 half_bits = {0x3fe6a09e667f3bcd, 0x3fe6a09e667f3bcd, 0x3fe6a09e667f3bcd, 0x3fe6a09e667f3bcd};
    longs4 bits;
    memcpy(&bits, value, sizeof bits);
    // Exponent relative to sqrt(1/2); kept unsigned by a bias of 1024, and made a double by the bits of 2^52.
    longs4 biased = ((bits - half_bits) + ((longs4){1024, 1024, 1024, 1024} << 52));
    longs4 exponent = (biased >> 52) & 0xfff;
    longs4 mantissa_bits = bits - ((exponent - 1024) << 52);
    longs4 magic = exponent | 0x4330000000000000;
    lanes4 m, e;
    memcpy(&m, &mantissa_bits, sizeof m);
    memcpy(&e, &magic, sizeof e);
    e = e - SPLAT(4503599627370496.0 + 1024.0);
    lanes4 s = (m - 1.0) / (m + 1.0), z = s * s;
    lanes4 series = SPLAT(1.0 / 15);
    series = CK_FFT_FMA(series, z, SPLAT(1.0 / 13));
    series = CK_FFT_FMA(series, z, SPLAT(1.0 / 11));
    series = CK_FFT_FMA(series, z, SPLAT(1.0 / 9));
    series = CK_FFT_FMA(series, z, SPLAT(1.0 / 7));
    series = CK_FFT_FMA(series, z, SPLAT(1.0 / 5));
    series = CK_FFT_FMA(series, z, SPLAT(1.0 / 3));
    series = CK_FFT_FMA(series, z, SPLAT(1.0));
    // 10 / ln 10 and 10 * log10(2).
    *value = CK_FFT_FMA(s * series, SPLAT(8.6858896380650365530), e * SPLAT(3.0102999566398119521));
}

void CK_FFT_PATH(ck_mel_decibels)(const double *power, int band_count, const int *first_bin, const int *bin_count,
                                  const double *weights, double floor, int lanes, float *decibels,
                                  ptrdiff_t lane_stride) {
    const lanes4 *rows = (const lanes4 *)power;
    const lanes4 least = SPLAT(floor);
    for (int band = 0; band < band_count; band++) {
        const lanes4 *row = rows + first_bin[band];
        lanes4 sum = SPLAT(0.0), other = SPLAT(0.0);
        int bin = 0;
        for (; bin + 2 <= bin_count[band]; bin += 2) {
            sum = CK_FFT_FMA(row[bin], SPLAT(weights[bin]), sum);
            other = CK_FFT_FMA(row[bin + 1], SPLAT(weights[bin + 1]), other);
        }
        if (bin < bin_count[band]) sum = CK_FFT_FMA(row[bin], SPLAT(weights[bin]), sum);
        sum = sum + other;
        weights += bin_count[band];
        sum = __builtin_elementwise_max(sum, least);
        CK_FFT_PATH(ten_log10)(&sum);
        for (int lane = 0; lane < lanes; lane++) decibels[lane * lane_stride + band] = (float)sum[lane];
    }
}
