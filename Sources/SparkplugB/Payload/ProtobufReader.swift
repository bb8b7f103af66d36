// Protocol Buffers on the wire, read: fields one after the other, nothing trusted.
// https://protobuf.dev/programming-guides/encoding/

/// One field as it stands on the wire.
struct ProtobufField {
    enum Value {
        case varint(UInt64)
        case fixed64(UInt64)
        case bytes(ArraySlice<UInt8>)
        case fixed32(UInt32)
        /// A group, which nothing here uses; it was skipped.
        case group
    }

    let number: Int
    let value: Value
    /// Where the field began.
    let offset: Int
}

/// Reads the fields of one message. Every step is bounded by the bytes that are there.
struct ProtobufReader {
    /// Groups inside each other that are still skipped.
    private static let maximumGroupDepth = 16
    private static let longestVarint = 10

    private let bytes: ArraySlice<UInt8>
    private var offset: Int

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        offset = bytes.startIndex
    }

    /// The next field; nil at the end of the message.
    mutating func next() throws(PayloadError) -> ProtobufField? {
        while offset < bytes.endIndex {
            let start = offset
            let (number, wireType) = try tag()
            guard wireType == 3 else {
                return ProtobufField(number: number, value: try value(wireType, at: start), offset: start)
            }
            try skipGroup(number, at: start)
            return ProtobufField(number: number, value: .group, offset: start)
        }
        return nil
    }

    private mutating func tag() throws(PayloadError) -> (number: Int, wireType: UInt64) {
        let start = offset
        let tag = try varint()
        let number = tag >> 3
        guard (1...536_870_911).contains(number) else { throw PayloadError(.invalidFieldNumber(number), at: start) }
        return (Int(number), tag & 7)
    }

    private mutating func value(_ wireType: UInt64, at start: Int) throws(PayloadError) -> ProtobufField.Value {
        switch wireType {
        case 0: return .varint(try varint())
        case 1: return .fixed64(try fixed(8))
        case 2: return .bytes(try lengthDelimited())
        case 5: return .fixed32(UInt32(truncatingIfNeeded: try fixed(4)))
        default: throw PayloadError(.unknownWireType(wireType), at: start)
        }
    }

    private mutating func skipGroup(_ number: Int, at start: Int) throws(PayloadError) {
        var open = [number]
        while let innermost = open.last {
            let (number, wireType) = try tag()
            switch wireType {
            case 3:
                guard open.count < Self.maximumGroupDepth else { throw PayloadError(.nestedTooDeep, at: start) }
                open.append(number)
            case 4:
                guard number == innermost else { throw PayloadError(.unknownWireType(4), at: start) }
                open.removeLast()
            default: _ = try value(wireType, at: start)
            }
        }
    }

    private mutating func varint() throws(PayloadError) -> UInt64 {
        let start = offset
        var value: UInt64 = 0
        for position in 0..<Self.longestVarint {
            guard offset < bytes.endIndex else { throw PayloadError(.truncated, at: start) }
            let byte = bytes[offset]
            offset += 1
            // The tenth byte holds bit 63 only; what is above is cut off, as the reference implementation does.
            value |= UInt64(byte & 0x7F) << UInt64(position * 7)
            if byte < 0x80 { return value }
        }
        throw PayloadError(.varintTooLong, at: start)
    }

    private mutating func fixed(_ count: Int) throws(PayloadError) -> UInt64 {
        guard bytes.endIndex - offset >= count else { throw PayloadError(.truncated, at: offset) }
        defer { offset += count }
        return bytes[offset..<(offset + count)].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    private mutating func lengthDelimited() throws(PayloadError) -> ArraySlice<UInt8> {
        let start = offset
        let length = try varint()
        guard length <= UInt64(bytes.endIndex - offset) else { throw PayloadError(.truncated, at: start) }
        defer { offset += Int(length) }
        return bytes[offset..<(offset + Int(length))]
    }
}
