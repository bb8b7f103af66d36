// The product for few rows and weights that are used once: the rows are packed, the weight is read where it lies.
import CKernels

/// Rows packed for products with weights as checkpoints store them: in memory that its owner keeps alive, a shape and a place,
/// no storage.
public struct FewRows {
    public let base: UnsafePointer<Float>
    public let rowCount: Int
    public let inputCount: Int
    public let arithmetic: Arithmetic

    /// What the rows' products are computed in.
    public enum Arithmetic: Sendable {
        case float32
        /// Integers of sixteen bits as in `Precision.int16`, with finer scales: one for every 32 inputs of an output, and one for
        /// every row and block of 384 inputs. The weight is rounded on the way, every time.
        case int16
    }

    /// Floats that packed rows take up.
    public static func floatCount(rows: Int, inputs: Int, arithmetic: Arithmetic = .float32) -> Int {
        switch arithmetic {
        case .float32: ck_few_rows_floats(rows, inputs)
        case .int16: ck_few_rows_int16_floats(rows, inputs)
        }
    }

    /// Packs `input`, (rows, inputs), into `scratch`, `floatCount(rows:inputs:arithmetic:)` floats.
    public init(
        packing input: MatrixView,
        into scratch: UnsafeMutablePointer<Float>,
        arithmetic: Arithmetic = .float32
    ) {
        base = UnsafePointer(scratch)
        rowCount = input.rowCount
        inputCount = input.columnCount
        self.arithmetic = arithmetic
        let pack =
            switch arithmetic {
            case .float32: ck_pack_few_rows
            case .int16: ck_pack_few_rows_int16
            }
        pack(input.base, input.rowStride, input.rowCount, input.columnCount, scratch)
    }

    /// Whether integers save time worth their rounding, whatever the number of rows: of a weight of less than 256 to 256 there is
    /// next to nothing to save, and small models stay in float32.
    public static func payInIntegers(outputs: Int, inputs: Int) -> Bool { outputs * inputs >= 1 << 16 }
}

extension MatrixProduct {
    /// out = then(input · weightᵀ + bias), or then(out + input · weightᵀ + bias); a row gives the same bits whatever other
    /// rows are beside it, and with AVX2 as with AVX-512.
    ///
    /// For a few rows to a few hundred, and weights that are too large for the caches and used once: the weight is read
    /// from beginning to end, and never copied but for a piece at a time that is rounded.
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
        switch input.arithmetic {
        case .float32: ck_few_rows_product(&call)
        case .int16: ck_few_rows_product_int16(&call)
        }
    }
}
