// Matrix products by our own kernels.
import CKernels

/// Products with a weight matrix as checkpoints store it, (outputs, inputs), one row per output.
public enum MatrixProduct {
    /// out = input · weightᵀ, or out += input · weightᵀ, for very few rows: packs nothing, and a row gives the same bits whatever
    /// other rows are beside it.
    ///
    /// - Parameters:
    ///   - input: (rows, inputs)
    ///   - weight: (out.columnCount, input.columnCount), dense
    ///   - out: (rows, outputs)
    ///   - accumulate: whether to add to what `out` holds.
    public static func multiplyFewRows(
        _ input: MatrixView,
        byTransposed weight: UnsafePointer<Float>,
        into out: MatrixView,
        accumulate: Bool = false
    ) {
        precondition(input.rowCount == out.rowCount, "\(input.rowCount) rows into \(out.rowCount)")
        ck_dot_product(
            input.base,
            input.rowStride,
            weight,
            out.base,
            out.rowStride,
            out.rowCount,
            out.columnCount,
            input.columnCount,
            accumulate ? 1 : 0
        )
    }
}
