// Numbers as IEEE 754 half precision, two bytes each, for the trend log.
import Foundation

/// `[Float]` to bytes and back: binary16, little-endian.
public enum HalfPrecisionBytes {
    /// Bytes that are no whole number of values.
    public struct OddByteCount: Error, Equatable, CustomStringConvertible {
        public let byteCount: Int

        public var description: String {
            "half precision values: found \(byteCount) bytes, expected an even number; the stored row is damaged"
        }
    }

    /// Two bytes per value, rounded to nearest even; a finite value beyond the range becomes the largest one, 65504.
    public static func pack(_ values: [Float]) -> Data {
        let largest = Float(Float16.greatestFiniteMagnitude)
        var data = Data(capacity: 2 * values.count)
        for value in values {
            let limited = value.isFinite ? max(-largest, min(largest, value)) : value
            withUnsafeBytes(of: Float16(limited).bitPattern.littleEndian) { data.append(contentsOf: $0) }
        }
        return data
    }

    /// The values of `pack`'s bytes.
    public static func unpack(_ data: Data) throws(OddByteCount) -> [Float] {
        guard data.count % 2 == 0 else { throw OddByteCount(byteCount: data.count) }
        let bytes = [UInt8](data)
        return stride(from: 0, to: bytes.count, by: 2).map { index in
            Float(Float16(bitPattern: UInt16(bytes[index]) | UInt16(bytes[index + 1]) << 8))
        }
    }
}
