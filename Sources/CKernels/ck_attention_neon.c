// Window attention with NEON.
#if defined(__aarch64__)
#define CK_KEYS 6
#define CK_ATTEND ck_attend_head_neon
#include "ck_attention_lanes.h"
#endif
