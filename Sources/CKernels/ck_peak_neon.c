// The multiply-add burst with NEON.
#if defined(__aarch64__)
#define CK_BURST ck_peak_burst_neon
#include "ck_peak_lanes.h"
#endif
