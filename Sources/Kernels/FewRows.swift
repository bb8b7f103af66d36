// The product for few rows and weights that are used once: the rows are packed, the weight is read where it lies.
import CKernels

/// Rows packed side by side for products with weights as checkpoints store them: in memory that its owner keeps alive, a
/// shape and a place, no storage.
public struct FewRows {
    public let base: UnsafePointer<Float>
    public let rowCount: Int
    public let inputCount: Int

    /// Floats that packed rows take up.
    public static func floatCount(rows: Int, inputs: Int) -> Int { ck_few_rows_floats(rows, inputs) }

    /// Packs `input`, (rows, inputs), into `scratch`, `floatCount(rows:inputs:)` floats.
    public init(packing input: MatrixView, into scratch: UnsafeMutablePointer<Float>) {
        base = UnsafePointer(scratch)
        rowCount = input.rowCount
        inputCount = input.columnCount
        ck_pack_few_rows(input.base, input.rowStride, input.rowCount, input.columnCount, scratch)
    }
}

extension MatrixProduct {
    /// out = then(input · weightᵀ + bias), or then(out + input · weightᵀ + bias); a row gives the same bits whatever other
    /// rows are beside it, and with AVX2 as with AVX-512.
    ///
    /// For a few rows to a few hundred, and weights that are too large for the caches and used once: the weight is read
    /// from beginning to end and never copied.
    ///
    /// - Parameters:
    ///   - input: (rows, inputs), packed.
    ///   - weight: (outputs, inputs), dense.
    ///   - out: (rows, outputs)
    ///   - accumulate: whether to add to what `out` holds.
    ///   - bias: (outputs)
    public static func multiply(
        _ input: FewRows,
        byTransposed weight: UnsafePointer<Float>,
        into out: MatrixView,
        accumulate: Bool = false,
        addingBias bias: UnsafePointer<Float>? = nil,
        then: Then = .nothing
    ) {
        precondition(input.rowCount == out.rowCount, "\(input.rowCount) rows into \(out.rowCount)")
        let following: ck_then =
            switch then {
            case .nothing: CK_THEN_NOTHING
            case .gelu: CK_THEN_GELU
            case .relu: CK_THEN_RELU
            }
        var call = ck_few_rows_call(
            packed: input.base,
            weight: weight,
            out: out.base,
            out_stride: out.rowStride,
            rows: out.rowCount,
            outputs: out.columnCount,
            depth: input.inputCount,
            bias: bias,
            accumulate: accumulate ? 1 : 0,
            then: following
        )
        ck_few_rows_product(&call)
    }
}
