// The small groups of tensors that checkpoints are made of: linear layers, norms.
import Kernels

/// A linear layer as the checkpoint stores it, for products that read it once: weight (outputs, inputs) and, where the model has one, bias (outputs).
struct LinearWeights: Sendable {
    let weight: Weight
    let bias: Weight?

    init(_ binder: WeightBinder, _ prefix: String, inputs: Int, outputs: Int, hasBias: Bool = true) {
        weight = binder.tensor(prefix + ".weight", [outputs, inputs])
        bias = hasBias ? binder.tensor(prefix + ".bias", [outputs]) : nil
    }

    /// out = input · weightᵀ, or out += input · weightᵀ, for few rows; the bias is the caller's, in whichever pass follows.
    /// Each row's result does not depend on the others.
    func multiplyFewRows(_ input: MatrixView, into out: MatrixView, accumulate: Bool = false) {
        MatrixProduct.multiplyFewRows(input, byTransposed: weight.pointer, into: out, accumulate: accumulate)
    }

    /// out = then(input · weightᵀ + bias), or then(out + input · weightᵀ + bias), for packed rows.
    func multiply(
        _ input: FewRows,
        into out: MatrixView,
        accumulate: Bool = false,
        then: MatrixProduct.Then = .nothing
    ) {
        MatrixProduct.multiply(
            input,
            byTransposed: weight.pointer,
            into: out,
            accumulate: accumulate,
            addingBias: bias?.pointer,
            then: then
        )
    }
}

/// A layer norm: weight (channels), bias (channels).
struct LayerNormWeights: Sendable {
    let weight: Weight
    let bias: Weight
    let epsilon: Float

    init(_ binder: WeightBinder, _ prefix: String, channels: Int, epsilon: Float) {
        weight = binder.tensor(prefix + ".weight", [channels])
        bias = binder.tensor(prefix + ".bias", [channels])
        self.epsilon = epsilon
    }

    /// x += bias where there is one, then out = norm(x).
    func apply(to x: MatrixView, addingFirst addend: Weight? = nil, into out: MatrixView) {
        LayerNorm(gamma: weight.pointer, beta: bias.pointer, epsilon: epsilon)
            .apply(to: x, addingFirst: addend?.pointer, into: out)
    }
}

/// A batch norm with its running statistics, all (channels). At inference it is x · scale + shift.
struct BatchNormWeights: Sendable {
    let weight: Weight
    let bias: Weight
    let runningMean: Weight
    let runningVariance: Weight

    /// torch's default, which the reference uses.
    private static let epsilon: Float = 1e-5

    init(_ binder: WeightBinder, _ prefix: String, channels: Int) {
        weight = binder.tensor(prefix + ".weight", [channels])
        bias = binder.tensor(prefix + ".bias", [channels])
        runningMean = binder.tensor(prefix + ".running_mean", [channels])
        runningVariance = binder.tensor(prefix + ".running_var", [channels])
    }

    func scale(_ channel: Int) -> Float {
        weight.pointer[channel] / (runningVariance.pointer[channel] + Self.epsilon).squareRoot()
    }

    func shift(_ channel: Int) -> Float {
        bias.pointer[channel] - runningMean.pointer[channel] * scale(channel)
    }
}

/// Two linear layers from a tower's features to the shared embedding, an activation between them.
struct ProjectionWeights: Sendable {
    let linear1: LinearWeights
    let linear2: LinearWeights
    let activation: Activation

    init(_ binder: WeightBinder, _ prefix: String, inputs: Int, configuration: ClapConfiguration) {
        let outputs = configuration.projectionDimension
        linear1 = LinearWeights(binder, prefix + ".linear1", inputs: inputs, outputs: outputs)
        linear2 = LinearWeights(binder, prefix + ".linear2", inputs: outputs, outputs: outputs)
        activation = configuration.projectionActivation
    }

    /// features (rows, inputs) to embeddings (rows, outputs), not yet normalised. `hidden` is scratch (rows, outputs).
    func apply(to features: MatrixView, hidden: MatrixView, into embedding: MatrixView) {
        linear1.multiplyFewRows(features, into: hidden)
        activation.apply(to: hidden, bias: linear1.bias)
        linear2.multiplyFewRows(hidden, into: embedding)
        if let bias = linear2.bias { Elementwise.addBias(bias.pointer, to: embedding) }
    }
}

extension Activation {
    /// x = activation(x + bias).
    func apply(to x: MatrixView, bias: Weight?) {
        switch self {
        case .gelu: Elementwise.biasGELU(x, bias: bias?.pointer)
        case .relu: Elementwise.biasReLU(x, bias: bias?.pointer)
        }
    }
}
