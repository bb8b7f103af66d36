// Linear layers of the audio tower, packed at load into the layout the matrix product reads.
import Kernels

/// One or more linear layers on the same input as one: packed weight and, where the model has them, biases side by side.
///
/// Takes the place of the checkpoint's copy, whose pages are given back to the system.
struct PackedLinearWeights: Sendable {
    private let packed: Weight
    private let outputCount: Int
    private let inputCount: Int
    private let precision: Precision
    let bias: Weight?

    private var panels: WeightPanels {
        WeightPanels(
            base: packed.pointer,
            outputCount: outputCount,
            inputCount: inputCount,
            precision: precision
        )
    }

    init(_ binder: WeightBinder, _ prefix: String, inputs: Int, outputs: Int, hasBias: Bool = true) {
        self.init(binder, joining: [prefix], inputs: inputs, outputs: outputs, hasBias: hasBias)
    }

    /// Several layers of `outputs` outputs each, in the binder's precision.
    init(_ binder: WeightBinder, joining prefixes: [String], inputs: Int, outputs: Int, hasBias: Bool = true) {
        let biases = hasBias ? prefixes.map { binder.tensor($0 + ".bias", [outputs]) } : []
        let bias = Self.join(biases, of: outputs, binder)
        let weights = prefixes.map { binder.tensor($0 + ".weight", [outputs, inputs]) }
        self.init(binder, weights, bias: bias, inputs: inputs, outputs: outputs, precision: binder.precision)
        for prefix in prefixes { binder.releasePages(of: prefix + ".weight") }
    }

    /// A convolution's kernel as a matrix over cut patches, (outputs, 1, height, width).
    init(_ binder: WeightBinder, _ prefix: String, kernel: (height: Int, width: Int), outputs: Int) {
        let weight = binder.tensor(prefix + ".weight", [outputs, 1, kernel.height, kernel.width])
        let bias = binder.tensor(prefix + ".bias", [outputs])
        self.init(binder, [weight], bias: bias, inputs: kernel.height * kernel.width, outputs: outputs)
    }

    /// Weights of `outputs` outputs each, (outputs, inputs). Float32 unless told: convolutions over cut patches and the
    /// fusion come before everything else and cost next to nothing.
    init(
        _ binder: WeightBinder,
        _ weights: [Weight],
        bias: Weight?,
        inputs: Int,
        outputs: Int,
        precision: Precision = .float32
    ) {
        outputCount = weights.count * outputs
        inputCount = inputs
        self.precision = precision
        self.bias = bias
        let floatCount = WeightPanels.floatCount(outputs: outputCount, inputs: inputs, precision: precision)
        packed = binder.derive([floatCount]) { panels in
            for (i, weight) in weights.enumerated() {
                WeightPanels.pack(
                    weight.pointer,
                    asOutputs: i * outputs,
                    count: outputs,
                    of: weights.count * outputs,
                    inputs: inputs,
                    precision: precision,
                    into: panels
                )
            }
        }
    }

    private static func join(_ biases: [Weight], of outputs: Int, _ binder: WeightBinder) -> Weight? {
        guard biases.count > 1 else { return biases.first }
        return binder.derive([biases.count * outputs]) { out in
            var end = out
            for bias in biases {
                end.update(from: bias.pointer, count: bias.count)
                end += bias.count
            }
        }
    }

    /// out = then(input · weightᵀ + bias), or then(out + input · weightᵀ + bias).
    func multiply(
        _ input: MatrixView,
        into out: MatrixView,
        accumulate: Bool = false,
        then: MatrixProduct.Then = .nothing
    ) {
        MatrixProduct.multiply(
            input,
            by: panels,
            into: out,
            accumulate: accumulate,
            addingBias: bias?.pointer,
            then: then
        )
    }
}

extension Activation {
    /// The same as a product's epilogue.
    var asEpilogue: MatrixProduct.Then {
        switch self {
        case .gelu: .gelu
        case .relu: .relu
        }
    }
}
