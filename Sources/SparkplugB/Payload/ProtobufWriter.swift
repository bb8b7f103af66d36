// Protocol Buffers on the wire, written: fields in the order they are given.
// https://protobuf.dev/programming-guides/encoding/
import Foundation

/// Builds the bytes of one message.
struct ProtobufWriter {
    private(set) var bytes: [UInt8] = []

    mutating func varint(_ number: Int, _ value: UInt64) {
        append(UInt64(number) << 3)
        append(value)
    }

    mutating func boolean(_ number: Int, _ value: Bool) { varint(number, value ? 1 : 0) }

    mutating func fixed32(_ number: Int, _ value: UInt32) {
        append(UInt64(number) << 3 | 5)
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func fixed64(_ number: Int, _ value: UInt64) {
        append(UInt64(number) << 3 | 1)
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func bytes(_ number: Int, _ value: some Collection<UInt8>) {
        append(UInt64(number) << 3 | 2)
        append(UInt64(value.count))
        bytes.append(contentsOf: value)
    }

    mutating func text(_ number: Int, _ value: String) { bytes(number, value.utf8) }

    private mutating func append(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }
}
