// How many bits a product's factors have.
import CKernels

/// What weights and activations are rounded to before they are multiplied. Sums are float32 either way.
public enum Precision: String, Sendable, CaseIterable {
    case float32
    /// Sixteen bits with the range of float32 and eight bits of mantissa.
    case bfloat16

    /// Whether the active path has instructions for it: AVX-512 BF16 for `bfloat16`. Products compute the same without
    /// them, far slower than in float32.
    public var isSupported: Bool { self == .float32 || ck_has_bf16() != 0 }
}
