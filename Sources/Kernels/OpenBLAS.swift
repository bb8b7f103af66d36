// OpenBLAS, the yardstick of `bench` and of the tests: https://www.openblas.net
#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// OpenBLAS where the machine has it. It is loaded when somebody asks, not linked: no product of ours goes through it, and
/// linked it would cost every process its pages, its threads and its start.
public struct OpenBLAS: Sendable {
    /// Nil where the library is not installed.
    public static let shared = OpenBLAS()

    private typealias SetThreads = @convention(c) (Int32) -> Void
    private typealias SingleProduct =
        @convention(c) (
            UInt32, UInt32, UInt32, Int32, Int32, Int32, Float, UnsafePointer<Float>, Int32,
            UnsafePointer<Float>, Int32, Float, UnsafeMutablePointer<Float>, Int32
        ) -> Void

    // CBLAS's names for the layouts, https://www.netlib.org/blas/cblas.h
    private static let rowMajor: UInt32 = 101
    private static let asIs: UInt32 = 111
    private static let transposed: UInt32 = 112

    private let product: SingleProduct

    private init?() {
        #if canImport(Darwin)
            let name = "libopenblas.dylib"
        #else
            let name = "libopenblas.so.0"
        #endif
        guard let library = dlopen(name, RTLD_NOW | RTLD_LOCAL), let gemm = dlsym(library, "cblas_sgemm"),
            let setThreads = dlsym(library, "openblas_set_num_threads")
        else { return nil }
        // One thread, the caller's: the yardstick of our own products.
        unsafeBitCast(setThreads, to: SetThreads.self)(1)
        product = unsafeBitCast(gemm, to: SingleProduct.self)
    }

    /// out = input · weightᵀ, or out += input · weightᵀ.
    ///
    /// - Parameters:
    ///   - input: (rows, inputs)
    ///   - weight: (out.columnCount, input.columnCount), dense
    ///   - out: (rows, outputs)
    ///   - accumulate: whether to add to what `out` holds.
    public func multiply(
        _ input: MatrixView,
        byTransposed weight: UnsafePointer<Float>,
        into out: MatrixView,
        accumulate: Bool = false
    ) {
        precondition(input.rowCount == out.rowCount, "\(input.rowCount) rows into \(out.rowCount)")
        product(
            Self.rowMajor,
            Self.asIs,
            Self.transposed,
            Int32(out.rowCount),
            Int32(out.columnCount),
            Int32(input.columnCount),
            1,
            input.base,
            Int32(input.rowStride),
            weight,
            Int32(input.columnCount),
            accumulate ? 1 : 0,
            out.base,
            Int32(out.rowStride)
        )
    }
}
