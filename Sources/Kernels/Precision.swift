// How many bits a product's factors have.
import CKernels

/// What weights and activations are rounded to before they are multiplied.
public enum Precision: String, Sendable, CaseIterable {
    case float32
    /// Sixteen bits with the range of float32 and eight bits of mantissa; sums are float32.
    case bfloat16
    /// Integers of sixteen bits with a scale for every output of a weight and for every 96 values of a row, summed exactly as
    /// integers: fixed point within such a group, floating from one to the next.
    case int16

    /// Whether the active path has instructions for it that are faster than those for float32: AVX-512 BF16 for `bfloat16`;
    /// for `int16` AVX-512 VNNI, or AVX2 on Intel's processors since Skylake and AMD's since Zen 3. Products compute the same
    /// without them, far slower.
    public var isSupported: Bool {
        switch self {
        case .float32: true
        case .bfloat16: ck_has_bf16() != 0
        case .int16: ck_has_int16() != 0
        }
    }
}
