// Vectors as compact little-endian blobs: Float16 for embeddings, Float32 for scores.
import Foundation

/// Turns vectors into blobs and back. All blobs are little-endian and carry no header; the row says what they are.
public enum BinaryCodec {
    /// Encodes values as IEEE 754 half precision (2 bytes each); finite values beyond ±65504 are clamped to it.
    public static func float16Data(_ values: [Float]) -> Data {
        var data = Data(capacity: values.count * 2)
        let limit = Float(Float16.greatestFiniteMagnitude)
        for value in values {
            let held = value.isFinite ? min(max(value, -limit), limit) : value
            withUnsafeBytes(of: Float16(held).bitPattern.littleEndian) { data.append(contentsOf: $0) }
        }
        return data
    }

    /// Decodes half-precision values; a trailing odd byte is ignored.
    public static func floats(float16Data data: Data) -> [Float] {
        data.withUnsafeBytes { bytes in
            (0..<bytes.count / 2).map { index in
                let bits = UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: index * 2, as: UInt16.self))
                return Float(Float16(bitPattern: bits))
            }
        }
    }

    /// Encodes values as Float32. Scores keep this precision because they are compared with thresholds in words.
    static func float32Data(_ values: [Float]) -> Data {
        var data = Data(capacity: values.count * 4)
        for value in values {
            withUnsafeBytes(of: value.bitPattern.littleEndian) { data.append(contentsOf: $0) }
        }
        return data
    }

    /// Decodes Float32 values.
    static func floats(float32Data bytes: UnsafeRawBufferPointer) -> [Float] {
        (0..<bytes.count / 4).map { index in
            let bits = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: index * 4, as: UInt32.self))
            return Float(bitPattern: bits)
        }
    }
}
