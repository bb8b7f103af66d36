// Linear layers of the audio tower, packed at load into the layout the matrix product reads.
import Kernels

/// One or more linear layers on the same input as one: packed weight and, where the model has them, biases side by side.
///
/// Takes the place of the checkpoint's copy, whose pages are given back to the system.
struct PackedLinearWeights: Sendable {
    private let packed: Weight
    private let outputCount: Int
    private let inputCount: Int
    private let method: Method
    let bias: Weight?

    /// How the product is computed, which decides how the weight is packed.
    private enum Method {
        case direct(Precision)
        /// In float32, by seven half-size products in place of eight.
        case strassen
    }

    init(_ binder: WeightBinder, _ prefix: String, inputs: Int, outputs: Int, rows: Int, hasBias: Bool = true) {
        self.init(binder, joining: [prefix], inputs: inputs, outputs: outputs, rows: rows, hasBias: hasBias)
    }

    /// Several layers of `outputs` outputs each, in the binder's precision or, where that is of integers and does not
    /// pay for the shape, in float32; `rows` are those of a window that pass them.
    init(
        _ binder: WeightBinder,
        joining prefixes: [String],
        inputs: Int,
        outputs: Int,
        rows: Int,
        hasBias: Bool = true
    ) {
        let biases = hasBias ? prefixes.map { binder.tensor($0 + ".bias", [outputs]) } : []
        let bias = Self.join(biases, of: outputs, binder)
        let weights = prefixes.map { binder.tensor($0 + ".weight", [outputs, inputs]) }
        self.init(
            binder,
            weights,
            bias: bias,
            inputs: inputs,
            outputs: outputs,
            method: Self.method(in: binder.precision, rows: rows, outputs: prefixes.count * outputs, inputs: inputs)
        )
        for prefix in prefixes { binder.releasePages(of: prefix + ".weight") }
    }

    /// The fastest method of a precision for a shape.
    private static func method(in precision: Precision, rows: Int, outputs: Int, inputs: Int) -> Method {
        switch precision {
        case .bfloat16: .direct(.bfloat16)
        case .int16 where WeightPanels.payInIntegers(rows: rows, outputs: outputs, inputs: inputs): .direct(.int16)
        case .float32, .int16:
            StrassenPanels.pays(rows: rows, outputs: outputs, inputs: inputs) ? .strassen : .direct(.float32)
        }
    }

    /// A convolution's kernel as a matrix over cut patches, (outputs, 1, height, width).
    init(_ binder: WeightBinder, _ prefix: String, kernel: (height: Int, width: Int), outputs: Int) {
        let weight = binder.tensor(prefix + ".weight", [outputs, 1, kernel.height, kernel.width])
        let bias = binder.tensor(prefix + ".bias", [outputs])
        self.init(binder, [weight], bias: bias, inputs: kernel.height * kernel.width, outputs: outputs)
    }

    /// Weights of `outputs` outputs each, (outputs, inputs), in float32: convolutions over cut patches and the fusion come
    /// before everything else and cost next to nothing.
    init(_ binder: WeightBinder, _ weights: [Weight], bias: Weight?, inputs: Int, outputs: Int) {
        self.init(binder, weights, bias: bias, inputs: inputs, outputs: outputs, method: .direct(.float32))
    }

    private init(
        _ binder: WeightBinder,
        _ weights: [Weight],
        bias: Weight?,
        inputs: Int,
        outputs: Int,
        method: Method
    ) {
        outputCount = weights.count * outputs
        inputCount = inputs
        self.method = method
        self.bias = bias
        let all = weights.count * outputs
        switch method {
        case .direct(let precision):
            let floatCount = WeightPanels.floatCount(outputs: all, inputs: inputs, precision: precision)
            packed = binder.derive([floatCount]) { panels in
                for (i, weight) in weights.enumerated() {
                    WeightPanels.pack(
                        weight.pointer,
                        asOutputs: i * outputs,
                        count: outputs,
                        of: all,
                        inputs: inputs,
                        precision: precision,
                        into: panels
                    )
                }
            }
        case .strassen:
            packed = binder.derive([StrassenPanels.floatCount(outputs: all, inputs: inputs)]) { panels in
                let rows = weights.flatMap { weight in (0..<outputs).map { weight.pointer + $0 * inputs } }
                StrassenPanels.pack(rows: rows, inputs: inputs, into: panels)
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

    /// Whether it multiplies integers.
    var isOfIntegers: Bool {
        if case .direct(.int16) = method { true } else { false }
    }

    /// Floats of scratch memory that `multiply` needs.
    var scratchCount: Int {
        switch method {
        case .direct: 0
        case .strassen: StrassenPanels.scratchCount(outputs: outputCount, inputs: inputCount)
        }
    }

    /// out = then(input · weightᵀ + bias), or then(out + input · weightᵀ + bias).
    ///
    /// - Parameter scratch: `scratchCount` floats.
    func multiply(
        _ input: MatrixView,
        into out: MatrixView,
        accumulate: Bool = false,
        then: MatrixProduct.Then = .nothing,
        scratch: UnsafeMutablePointer<Float>? = nil
    ) {
        switch method {
        case .direct(let precision):
            MatrixProduct.multiply(
                input,
                by: WeightPanels(
                    base: packed.pointer,
                    outputCount: outputCount,
                    inputCount: inputCount,
                    precision: precision
                ),
                into: out,
                accumulate: accumulate,
                addingBias: bias?.pointer,
                then: then
            )
        case .strassen:
            guard let scratch else { preconditionFailure("a layer of \(inputCount) inputs needs scratch memory") }
            MatrixProduct.multiply(
                input,
                by: StrassenPanels(base: packed.pointer, outputCount: outputCount, inputCount: inputCount),
                into: out,
                accumulate: accumulate,
                addingBias: bias?.pointer,
                then: then,
                scratch: scratch
            )
        }
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
