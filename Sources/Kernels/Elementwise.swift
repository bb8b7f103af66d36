// Passes over activations: biases, activation functions, softmax, normalisation.
import CKernels

/// What follows a matrix product, row by row.
public enum Elementwise {
    /// x += bias.
    public static func addBias(_ bias: UnsafePointer<Float>, to x: MatrixView) {
        ck_add_bias(x.base, x.rowStride, bias, x.rowCount, x.columnCount)
    }

    /// x += addend, shapes alike.
    public static func add(_ addend: MatrixView, to x: MatrixView) {
        precondition(x.rowCount == addend.rowCount && x.columnCount == addend.columnCount, "shapes differ")
        for row in 0..<x.rowCount {
            ck_scale_add(x.base + row * x.rowStride, 1, addend.base + row * addend.rowStride, x.columnCount)
        }
    }

    /// x = gelu(x + bias), the exact GELU.
    public static func biasGELU(_ x: MatrixView, bias: UnsafePointer<Float>?) {
        ck_bias_gelu(x.base, x.rowStride, bias, x.rowCount, x.columnCount)
    }

    /// x = max(0, x + bias).
    public static func biasReLU(_ x: MatrixView, bias: UnsafePointer<Float>?) {
        ck_bias_relu(x.base, x.rowStride, bias, x.rowCount, x.columnCount)
    }

    /// Attentional feature fusion: w = sigmoid(local + global), whole = 2w·whole + 2(1 - w)·parts.
    ///
    /// - Parameters:
    ///   - whole, parts, localScore: (rows, channels), dense
    ///   - globalScore: (channels)
    public static func fuse(
        _ whole: MatrixView,
        with parts: MatrixView,
        localScore: MatrixView,
        globalScore: UnsafePointer<Float>
    ) {
        ck_attentional_fusion(
            whole.base,
            parts.base,
            localScore.base,
            globalScore,
            whole.rowCount,
            whole.columnCount
        )
    }

    /// Softmax of each row in place.
    public static func softmax(_ x: MatrixView) {
        ck_softmax_rows(x.base, x.rowStride, x.rowCount, x.columnCount)
    }

    /// The mean of each column, summed in double precision.
    public static func columnMeans(of x: MatrixView, into means: UnsafeMutablePointer<Float>) {
        ck_column_means(x.base, x.rowStride, x.rowCount, x.columnCount, means)
    }

    /// Scales a vector to length 1; a zero vector stays zero.
    public static func normalise(_ x: UnsafeMutableBufferPointer<Float>) {
        var squares = 0.0
        for value in x { squares += Double(value) * Double(value) }
        // The reference's floor on the length.
        let scale = 1 / max(squares.squareRoot(), 1e-12)
        for i in x.indices { x[i] = Float(Double(x[i]) * scale) }
    }
}
