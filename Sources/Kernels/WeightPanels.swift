// A weight matrix in the layout the matrix product reads: packed once, at load.
import CKernels
import Dispatch

/// A packed weight in memory that its owner keeps alive: a shape and a place, no storage.
///
/// Sixteen outputs form a panel, (inputs, 16), cut along the inputs so that the product reads the whole from beginning to
/// end; the last panel is filled up with zeros. In sixteen bits two inputs that follow each other share the place of a float.
/// What an integer of each output is worth comes last, (outputs, rounded up to whole panels), where they are integers.
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
        scalesOffset(outputs, inputs, precision) + (precision == .int16 ? ck_panel_floats(outputs, 1) : 0)
    }

    /// Whether integers save time worth their rounding, for the `rows` of a window: below 64 inputs or outputs rounding the rows
    /// costs what multiplying them saves (docs/performance.md), and of a product that takes less than a tenth of a millisecond
    /// there is next to nothing to save: small models stay in float32.
    public static func payInIntegers(rows: Int, outputs: Int, inputs: Int) -> Bool {
        outputs >= 64 && inputs >= 64 && rows * outputs * inputs >= 1 << 23
    }

    /// Where the scales begin, after all panels.
    private static func scalesOffset(_ outputs: Int, _ inputs: Int, _ precision: Precision) -> Int {
        ck_panel_floats(outputs, words(inputs, precision))
    }

    /// What an integer of each output is worth; for integers only.
    fileprivate var scales: UnsafePointer<Float> { base + Self.scalesOffset(outputCount, inputCount, precision) }

    /// Outputs of a panel.
    private static let panelWidth = Int(CK_PANEL_WIDTH)

    /// Places of a float that `inputs` values of one output take up.
    private static func words(_ inputs: Int, _ precision: Precision) -> Int {
        precision == .float32 ? inputs : ck_panel_words(inputs)
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
        onTwoCores(first..<(first + count), inputs: inputs) { part in
            let rows = weight + (part.lowerBound - first) * inputs
            guard precision != .float32 else {
                return ck_pack_panels(rows, part.lowerBound, part.count, outputs, inputs, panels)
            }
            packWords(rows, part, of: outputs, inputs: inputs, precision, into: panels)
        }
    }
}

extension WeightPanels {
    /// Values from which on a second core is worth waking.
    private static let sharedFromCount = 1 << 18

    /// Packs on two cores: at a start there is nothing else for them to do, and half the time goes into mapping pages.
    private static func onTwoCores(_ outputs: Range<Int>, inputs: Int, pack: (Range<Int>) -> Void) {
        guard outputs.count * inputs >= sharedFromCount else { return pack(outputs) }
        // Whole panels each, so that no two write to the same cache line.
        let middle = (outputs.lowerBound + outputs.count / 2) / panelWidth * panelWidth
        let parts = [outputs.lowerBound..<middle, middle..<outputs.upperBound]
        // An override of the path belongs to a thread.
        let path = InstructionSet.active
        nonisolated(unsafe) let pack = pack
        DispatchQueue.concurrentPerform(iterations: parts.count) { number in
            path.withOverride { pack(parts[number]) }
        }
    }

    /// Packs rows of sixteen bits as `part` of the outputs, a panel at a time.
    private static func packWords(
        _ weight: UnsafePointer<Float>,
        _ part: Range<Int>,
        of outputs: Int,
        inputs: Int,
        _ precision: Precision,
        into panels: UnsafeMutablePointer<Float>
    ) {
        let words = words(inputs, precision)
        let scales = panels + scalesOffset(outputs, inputs, precision)
        withUnsafeTemporaryAllocation(of: Float.self, capacity: max(panelWidth * words, 1)) { room in
            guard let rows = room.baseAddress else { return }
            for start in stride(from: part.lowerBound, to: part.upperBound, by: panelWidth) {
                let count = min(panelWidth, part.upperBound - start)
                for i in 0..<count {
                    let row = weight + (start + i - part.lowerBound) * inputs
                    if precision == .int16 {
                        scales[start + i] = ck_int16_round_output(row, inputs, rows + i * words)
                    } else {
                        HalfPrecision.packBFloat(row, count: inputs, into: rows + i * words)
                    }
                }
                ck_pack_panels(rows, start, count, outputs, words, panels)
            }
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
        case .int16: ck_panel_product_int16(&call, weight.scales)
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
