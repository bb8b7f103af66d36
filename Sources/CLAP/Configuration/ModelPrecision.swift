// The precision a model is loaded in.
import Kernels

/// What a model's linear layers are computed in; everything else is float32.
public enum ModelPrecision: String, Sendable, CaseIterable {
    case float32
    /// The audio tower's with factors of sixteen bits and sums of thirty-two, on machines that have instructions for it.
    case bfloat16
    /// Both towers': factors are integers of sixteen bits with a scale for each group of 96, sums are exact; on machines that
    /// have instructions for it. Embeddings stay within 1e-4 of those in float32.
    case int16

    /// The same for products.
    public var ofProducts: Precision {
        switch self {
        case .float32: .float32
        case .bfloat16: .bfloat16
        case .int16: .int16
        }
    }

    /// The fastest one whose embeddings are those of the reference to 1e-4, on this machine.
    public static var preferred: ModelPrecision { int16.isSupported ? .int16 : .float32 }

    /// Whether this machine, on the kernels' active path, has instructions for it.
    public var isSupported: Bool { ofProducts.isSupported }
}
