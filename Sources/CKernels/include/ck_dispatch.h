#pragma once
// Which instruction set the kernels use, decided once per process.

typedef enum {
    CK_ISA_SCALAR = 0,
    CK_ISA_AVX2 = 1,  // AVX2 and FMA
    CK_ISA_NEON = 2,
    CK_ISA_AVX512 = 3,  // AVX-512F where a kernel has it, AVX2 and FMA elsewhere
} ck_isa;

/// The instruction set in use. The environment variable AUSCULTA_ISA (scalar, avx2, avx512, neon) forces a path where the
/// machine supports it; anything else is ignored and the best supported path is taken.
ck_isa ck_active_isa(void);

/// Whether kernels for AVX2 and FMA run on this path.
int ck_has_avx2(ck_isa isa);

/// Its name: "scalar", "avx2", "avx512" or "neon".
const char *ck_isa_name(ck_isa isa);

/// Makes the calling thread use `isa` (an unsupported one is refused with 0; otherwise 1) until `ck_reset_isa`.
/// For tests and benchmarks that compare paths inside one process.
int ck_override_isa(ck_isa isa);

/// The calling thread's override, or -1 where it has none.
int ck_overriding_isa(void);

/// Ends the calling thread's override.
void ck_reset_isa(void);
