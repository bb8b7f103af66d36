// Matrix products: the one place that knows which library multiplies.
import CKernels
import COpenBLAS

/// Products with a weight matrix as checkpoints store it, (outputs, inputs), one row per output.
public enum MatrixProduct {
    // OpenBLAS runs on the caller's thread: parallelism comes from workers, and results do not depend on their number.
    private static let singleThreaded: Void = openblas_set_num_threads(1)

    /// out = input · weightᵀ, or out += input · weightᵀ.
    ///
    /// - Parameters:
    ///   - input: (rows, inputs)
    ///   - weight: (out.columnCount, input.columnCount), dense
    ///   - out: (rows, outputs)
    ///   - accumulate: whether to add to what `out` holds.
    public static func multiply(
        _ input: MatrixView,
        byTransposed weight: UnsafePointer<Float>,
        into out: MatrixView,
        accumulate: Bool = false
    ) {
        precondition(input.rowCount == out.rowCount, "\(input.rowCount) rows into \(out.rowCount)")
        _ = singleThreaded
        cblas_sgemm(
            CblasRowMajor,
            CblasNoTrans,
            CblasTrans,
            blasint(out.rowCount),
            blasint(out.columnCount),
            blasint(input.columnCount),
            1,
            input.base,
            blasint(input.rowStride),
            weight,
            blasint(input.columnCount),
            accumulate ? 1 : 0,
            out.base,
            blasint(out.rowStride)
        )
    }

    /// The same by our own kernel, for few rows: it reads the weight once and packs nothing, and a row gives the same bits
    /// whatever other rows are beside it.
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
