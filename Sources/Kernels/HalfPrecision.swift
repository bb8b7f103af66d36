// Weights stored in sixteen bits.
import CKernels

/// Conversion of sixteen-bit floats to float32, exact.
public enum HalfPrecision {
    /// IEEE 754 binary16.
    public static func convertHalf(_ source: UnsafeRawPointer, count: Int, to out: UnsafeMutablePointer<Float>) {
        ck_float_from_half(out, source.assumingMemoryBound(to: UInt16.self), count)
    }

    /// bfloat16.
    public static func convertBFloat(_ source: UnsafeRawPointer, count: Int, to out: UnsafeMutablePointer<Float>) {
        ck_float_from_bfloat(out, source.assumingMemoryBound(to: UInt16.self), count)
    }
}
