// The precision a model is loaded in.
import Kernels

/// What the linear layers of the audio tower are computed in; everything else is float32.
public enum ModelPrecision: String, Sendable, CaseIterable {
    case float32
    /// Factors of sixteen bits, sums of thirty-two; on machines that have instructions for it.
    case bfloat16

    /// The same for products.
    var ofProducts: Precision {
        switch self {
        case .float32: .float32
        case .bfloat16: .bfloat16
        }
    }

    /// Whether this machine, on the kernels' active path, has instructions for it.
    public var isSupported: Bool { ofProducts.isSupported }
}
