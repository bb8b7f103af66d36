// Window attention with AVX2 and FMA.
#if defined(__x86_64__)
#define CK_KEYS 6
#define CK_ATTEND ck_attend_head_avx2
#include "ck_attention_lanes.h"
#endif
