// Values stored in sixteen bits.
import CKernels

/// Conversion between sixteen-bit floats and float32.
public enum HalfPrecision {
    /// IEEE 754 binary16 to float32, exact.
    public static func convertHalf(_ source: UnsafeRawPointer, count: Int, to out: UnsafeMutablePointer<Float>) {
        ck_float_from_half(out, source.assumingMemoryBound(to: UInt16.self), count)
    }

    /// bfloat16 to float32, exact.
    public static func convertBFloat(_ source: UnsafeRawPointer, count: Int, to out: UnsafeMutablePointer<Float>) {
        ck_float_from_bfloat(out, source.assumingMemoryBound(to: UInt16.self), count)
    }

    /// Rounds float32 values to bfloat16, the nearest, and packs two into the place of a float, the first in its lower half;
    /// an odd end is filled up with zero. Denormals become zero, NaN stays NaN.
    ///
    /// - Parameter words: (count + 1) / 2 places.
    public static func packBFloat(
        _ values: UnsafePointer<Float>,
        count: Int,
        into words: UnsafeMutablePointer<Float>
    ) {
        ck_bf16_pack(values, count, words)
    }
}
