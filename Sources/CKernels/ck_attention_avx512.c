// Window attention with AVX-512.
#if defined(__x86_64__)
#define CK_WANT_AVX512
#define CK_KEYS 12
#define CK_ATTEND ck_attend_head_avx512
#include "ck_attention_lanes.h"
#endif
