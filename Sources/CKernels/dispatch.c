// Run-time choice of the instruction set.
#include "ck_dispatch.h"

#include <stdlib.h>
#include <string.h>

static ck_isa best_isa(void) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) return CK_ISA_SCALAR;
    return __builtin_cpu_supports("avx512f") ? CK_ISA_AVX512 : CK_ISA_AVX2;
#elif defined(__aarch64__)
    return CK_ISA_NEON;
#else
    return CK_ISA_SCALAR;
#endif
}

int ck_has_avx2(ck_isa isa) { return isa == CK_ISA_AVX2 || isa == CK_ISA_AVX512; }

static int is_supported(ck_isa isa) {
    ck_isa best = best_isa();
    return isa == CK_ISA_SCALAR || isa == best || (isa == CK_ISA_AVX2 && ck_has_avx2(best));
}

static ck_isa choose_isa(void) {
    const char *forced = getenv("AUSCULTA_ISA");
    for (int isa = CK_ISA_SCALAR; forced != NULL && isa <= CK_ISA_AVX512; isa++) {
        if (strcmp(forced, ck_isa_name((ck_isa)isa)) == 0 && is_supported((ck_isa)isa)) return (ck_isa)isa;
    }
    return best_isa();
}

// -1 where the thread has no override.
static _Thread_local int override_isa = -1;

int ck_override_isa(ck_isa isa) {
    if (!is_supported(isa)) return 0;
    override_isa = (int)isa;
    return 1;
}

int ck_overriding_isa(void) { return override_isa; }

void ck_reset_isa(void) { override_isa = -1; }

ck_isa ck_active_isa(void) {
    if (override_isa >= 0) return (ck_isa)override_isa;
    // Every thread computes the same value, so a race writes the same number twice.
    static int chosen = -1;
    int isa = __atomic_load_n(&chosen, __ATOMIC_RELAXED);
    if (isa < 0) {
        isa = (int)choose_isa();
        __atomic_store_n(&chosen, isa, __ATOMIC_RELAXED);
    }
    return (ck_isa)isa;
}

const char *ck_isa_name(ck_isa isa) {
    switch (isa) {
    case CK_ISA_AVX2: return "avx2";
    case CK_ISA_NEON: return "neon";
    case CK_ISA_AVX512: return "avx512";
    default: return "scalar";
    }
}
