// A weight matrix in the layout the matrix product reads: packed once, at load.
import CKernels

/// A packed weight in memory that its owner keeps alive: a shape and a place, no storage.
///
/// Sixteen outputs form a panel, (inputs, 16), cut along the inputs so that the product reads the whole from beginning to end; the last panel is filled
/// up with zeros.
public struct WeightPanels {
    public let base: UnsafePointer<Float>
    public let outputCount: Int
    public let inputCount: Int

    /// - Parameter base: `floatCount(outputs:inputs:)` floats written by `pack`.
    public init(base: UnsafePointer<Float>, outputCount: Int, inputCount: Int) {
        self.base = base
        self.outputCount = outputCount
        self.inputCount = inputCount
    }

    /// Floats that a packed weight takes up.
    public static func floatCount(outputs: Int, inputs: Int) -> Int { ck_panel_floats(outputs, inputs) }

    /// Packs the rows of `weight`, (count, inputs), as outputs `first ..< first + count` of the `outputs` of `panels`, which
    /// held zeros. Several weights that share their input become one by packing them one after the other.
    public static func pack(
        _ weight: UnsafePointer<Float>,
        asOutputs first: Int,
        count: Int,
        of outputs: Int,
        inputs: Int,
        into panels: UnsafeMutablePointer<Float>
    ) {
        ck_pack_panels(weight, first, count, outputs, inputs, panels)
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

    /// out = then(input · weightᵀ + bias), or then(out + input · weightᵀ + bias); a row gives the same bits whatever other
    /// rows are beside it.
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
        precondition(input.rowCount == out.rowCount, "\(input.rowCount) rows into \(out.rowCount)")
        precondition(
            input.columnCount == weight.inputCount && out.columnCount == weight.outputCount,
            "\(input.columnCount) to \(out.columnCount) columns by a weight of \(weight.inputCount) to \(weight.outputCount)"
        )
        let following: ck_then =
            switch then {
            case .nothing: CK_THEN_NOTHING
            case .gelu: CK_THEN_GELU
            case .relu: CK_THEN_RELU
            }
        var call = ck_panel_product_call(
            x: input.base,
            x_stride: input.rowStride,
            panels: weight.base,
            out: out.base,
            out_stride: out.rowStride,
            rows: out.rowCount,
            outputs: out.columnCount,
            depth: input.columnCount,
            bias: bias,
            accumulate: accumulate ? 1 : 0,
            then: following
        )
        ck_panel_product(&call)
    }
}
