// The transform for any machine: plain multiply and add, on whatever vectors the compiler's baseline has.
#define CK_FFT_PATH(name) name##_portable
#define CK_FFT_FMA(a, b, c) ((a) * (b) + (c))
#include "ck_fft_lanes.h"
