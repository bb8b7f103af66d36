// A weight matrix in the layout the matrix product reads: packed once, at load.
import CKernels
import Dispatch

/// A packed weight in memory that its owner keeps alive: a shape and a place, no storage.
///
/// Sixteen outputs form a panel, (inputs, 16), cut along the inputs so that the product reads the whole from beginning to
/// end; the last panel is filled up with zeros. In bfloat16 two inputs that follow each other share the place of a float.
public struct WeightPanels {
    public let base: UnsafePointer<Float>
    public let outputCount: Int
    public let inputCount: Int
    public let precision: Precision

    /// - Parameter base: `floatCount(outputs:inputs:precision:)` floats written by `pack`.
    public init(base: UnsafePointer<Float>, outputCount: Int, inputCount: Int, precision: Precision = .float32) {
        self.base = base
        self.outputCount = outputCount
        self.inputCount = inputCount
        self.precision = precision
    }

    /// Floats whose place a packed weight takes up.
    public static func floatCount(outputs: Int, inputs: Int, precision: Precision = .float32) -> Int {
        ck_panel_floats(outputs, words(inputs, precision))
    }

    /// Outputs of a panel.
    private static let panelWidth = Int(CK_PANEL_WIDTH)

    /// Places of a float that `inputs` values of one output take up.
    private static func words(_ inputs: Int, _ precision: Precision) -> Int {
        precision == .float32 ? inputs : ck_bf16_words(inputs)
    }

    /// Packs the rows of `weight`, (count, inputs), as outputs `first ..< first + count` of the `outputs` of `panels`, which
    /// held zeros. Several weights that share their input become one by packing them one after the other.
    public static func pack(
        _ weight: UnsafePointer<Float>,
        asOutputs first: Int,
        count: Int,
        of outputs: Int,
        inputs: Int,
        precision: Precision = .float32,
        into panels: UnsafeMutablePointer<Float>
    ) {
        guard precision == .bfloat16 else {
            return packFloats(weight, asOutputs: first, count: count, of: outputs, inputs: inputs, into: panels)
        }
        let words = words(inputs, precision)
        withUnsafeTemporaryAllocation(of: Float.self, capacity: max(words, 1)) { row in
            guard let start = row.baseAddress else { return }
            for i in 0..<count {
                HalfPrecision.packBFloat(weight + i * inputs, count: inputs, into: start)
                ck_pack_panels(start, first + i, 1, outputs, words, panels)
            }
        }
    }
}

extension WeightPanels {
    /// Values from which on a second core is worth waking.
    private static let sharedFromCount = 1 << 18

    /// Packs on two cores: at a start there is nothing else for them to do, and half the time goes into mapping pages.
    private static func packFloats(
        _ weight: UnsafePointer<Float>,
        asOutputs first: Int,
        count: Int,
        of outputs: Int,
        inputs: Int,
        into panels: UnsafeMutablePointer<Float>
    ) {
        guard count * inputs >= sharedFromCount else {
            return ck_pack_panels(weight, first, count, outputs, inputs, panels)
        }
        // Whole panels each, so that no two write to the same cache line.
        let middle = (first + count / 2) / panelWidth * panelWidth - first
        let parts = [0..<middle, middle..<count]
        nonisolated(unsafe) let (weight, panels) = (weight, panels)
        DispatchQueue.concurrentPerform(iterations: parts.count) { number in
            let part = parts[number]
            let rows = weight + part.lowerBound * inputs
            ck_pack_panels(rows, first + part.lowerBound, part.count, outputs, inputs, panels)
        }
    }
}

extension MatrixProduct {
    /// What follows a product while its tile is in registers.
    public enum Then: Sendable {
        case nothing
        /// The exact GELU.
        case gelu
        case relu
    }

    /// out = then(input · weightᵀ + bias), or then(out + input · weightᵀ + bias), the factors rounded to the weight's
    /// precision; a row gives the same bits whatever other rows are beside it.
    ///
    /// - Parameters:
    ///   - input: (rows, inputs)
    ///   - weight: (outputs, inputs), packed.
    ///   - out: (rows, outputs); must not overlap `input`.
    ///   - accumulate: whether to add to what `out` holds.
    ///   - bias: (outputs)
    public static func multiply(
        _ input: MatrixView,
        by weight: WeightPanels,
        into out: MatrixView,
        accumulate: Bool = false,
        addingBias bias: UnsafePointer<Float>? = nil,
        then: Then = .nothing
    ) {
        var call = productCall(
            input,
            weight.base,
            outputs: weight.outputCount,
            inputs: weight.inputCount,
            into: out,
            accumulate: accumulate,
            addingBias: bias,
            then: then
        )
        switch weight.precision {
        case .float32: ck_panel_product(&call)
        case .bfloat16: ck_panel_product_bf16(&call)
        }
    }

    /// What the kernels of either kind of packed weight are told; both factors and the output must fit.
    static func productCall(
        _ input: MatrixView,
        _ panels: UnsafePointer<Float>,
        outputs: Int,
        inputs: Int,
        into out: MatrixView,
        accumulate: Bool,
        addingBias bias: UnsafePointer<Float>?,
        then: Then
    ) -> ck_panel_product_call {
        precondition(input.rowCount == out.rowCount, "\(input.rowCount) rows into \(out.rowCount)")
        precondition(
            input.columnCount == inputs && out.columnCount == outputs,
            "\(input.columnCount) to \(out.columnCount) columns by a weight of \(inputs) to \(outputs)"
        )
        let following: ck_then =
            switch then {
            case .nothing: CK_THEN_NOTHING
            case .gelu: CK_THEN_GELU
            case .relu: CK_THEN_RELU
            }
        return ck_panel_product_call(
            x: input.base,
            x_stride: input.rowStride,
            panels: panels,
            out: out.base,
            out_stride: out.rowStride,
            rows: out.rowCount,
            outputs: out.columnCount,
            depth: input.columnCount,
            bias: bias,
            accumulate: accumulate ? 1 : 0,
            then: following
        )
    }
}
