// Layer normalisation.
import CKernels

/// Normalises rows to zero mean and unit variance, then scales and shifts them.
public struct LayerNorm {
    public var gamma: UnsafePointer<Float>
    public var beta: UnsafePointer<Float>
    public var epsilon: Float

    public init(gamma: UnsafePointer<Float>, beta: UnsafePointer<Float>, epsilon: Float) {
        self.gamma = gamma
        self.beta = beta
        self.epsilon = epsilon
    }

    /// x += bias where there is one, then out = norm(x). `out` may be `x`.
    public func apply(to x: MatrixView, addingFirst bias: UnsafePointer<Float>? = nil, into out: MatrixView) {
        precondition(x.rowCount == out.rowCount && x.columnCount == out.columnCount, "layer norm keeps the shape")
        ck_bias_layer_norm(
            x.base,
            x.rowStride,
            bias,
            gamma,
            beta,
            epsilon,
            out.base,
            out.rowStride,
            x.rowCount,
            x.columnCount
        )
    }
}
