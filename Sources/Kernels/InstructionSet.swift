// Which instruction set the kernels use.
import CKernels

/// The kernels' code paths. The best one the machine has is taken once per process; the environment variable
/// `AUSCULTA_ISA` (for example `scalar`) forces another.
public enum InstructionSet: String, Sendable, CaseIterable {
    case scalar
    case avx2
    case avx512
    case neon

    /// The path in use on the calling thread.
    public static var active: InstructionSet {
        InstructionSet(rawValue: String(cString: ck_isa_name(ck_active_isa()))) ?? .scalar
    }

    /// Whether this machine can run it.
    public var isSupported: Bool { withOverride { true } ?? false }

    /// Runs `body` with the calling thread on this path, for comparing paths inside one process.
    ///
    /// - Returns: what `body` returns, or nil without running it where the machine lacks this path.
    public func withOverride<Result>(_ body: () throws -> Result) rethrows -> Result? {
        let isa: ck_isa =
            switch self {
            case .scalar: CK_ISA_SCALAR
            case .avx2: CK_ISA_AVX2
            case .avx512: CK_ISA_AVX512
            case .neon: CK_ISA_NEON
            }
        let before = ck_overriding_isa()
        guard ck_override_isa(isa) == 1 else { return nil }
        defer {
            if before < 0 { ck_reset_isa() } else { ck_override_isa(ck_isa(rawValue: UInt32(before))) }
        }
        return try body()
    }
}
