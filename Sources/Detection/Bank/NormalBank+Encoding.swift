// A bank as bytes: what is stored survives restarts and says when it is damaged.
//
//   "AUNB" | version u16 | states u16 | embedding width u32 | descriptor width u32
//   per state: name length u16 | name (UTF-8) | windows heard u64 | points u32 | embeddings f32 | descriptors f32
//              | block of each point u32
//   checksum u64 (FNV-1a over all bytes before it)
//
// Everything is little-endian. Version 1 had no blocks: every point is one of its own.
import Foundation

extension NormalBank {
    /// The version written.
    public static let encodingVersion: UInt16 = 2
    private static let versionsRead: ClosedRange<UInt16> = 1...encodingVersion
    private static let magic = Array("AUNB".utf8)

    /// Bytes `encoded()` gives.
    public var encodedBytes: Int {
        let fixed = Self.magic.count + 2 + 2 + 4 + 4 + 8
        return states.reduce(fixed) { sum, state in
            sum + 2 + state.name.utf8.count + 8 + 4 + state.points * (embeddingWidth + descriptorWidth + 1) * 4
        }
    }

    /// The bank as bytes; the same bank gives the same bytes.
    public func encoded() -> Data {
        var bytes: [UInt8] = Self.magic
        bytes.reserveCapacity(encodedBytes)
        func append(_ value: some FixedWidthInteger) {
            withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
        }
        append(Self.encodingVersion)
        append(UInt16(states.count))
        append(UInt32(embeddingWidth))
        append(UInt32(descriptorWidth))
        for state in states {
            append(UInt16(state.name.utf8.count))
            bytes.append(contentsOf: state.name.utf8)
            append(UInt64(state.windowsHeard))
            append(UInt32(state.points))
            for value in state.embeddings.values { append(value.bitPattern) }
            for value in state.descriptors.values { append(value.bitPattern) }
            for block in state.blocks { append(UInt32(block)) }
        }
        append(Self.checksum(bytes[...]))
        return Data(bytes)
    }

    /// Reads stored bytes.
    ///
    /// - Throws: `DetectionError` with `version` for bytes of a later program, `damaged` for all else that is wrong.
    public init(encoded data: Data) throws(DetectionError) {
        var reader = ByteReader(bytes: Array(data))
        guard reader.bytes.count <= Self.largestBytes else {
            throw DetectionError(
                .tooLarge,
                "the stored bank has \(reader.bytes.count) bytes, at most \(Self.largestBytes) are read"
            )
        }
        guard try reader.take(Self.magic.count) == Self.magic[...] else {
            throw DetectionError(.damaged, "the stored bank does not begin with AUNB; enrol the machine again")
        }
        let version = try reader.integer(UInt16.self)
        guard Self.versionsRead.contains(version) else {
            throw DetectionError(
                .version,
                "the stored bank has version \(version), this program reads up to \(Self.encodingVersion); update it or "
                    + "enrol"
            )
        }
        try reader.dropChecksum()
        let count = try reader.integer(UInt16.self)
        let embeddingWidth = Int(try reader.integer(UInt32.self))
        let descriptorWidth = Int(try reader.integer(UInt32.self))
        guard embeddingWidth > 0 else { throw ByteReader.damaged("an embedding width of 0") }
        var states: [StateBank] = []
        for _ in 0..<count {
            let nameBytes = try reader.take(Int(try reader.integer(UInt16.self)))
            guard let name = String(bytes: nameBytes, encoding: .utf8) else {
                throw ByteReader.damaged("a state's name that is not UTF-8")
            }
            if let last = states.last, last.name >= name { throw ByteReader.damaged("states out of order") }
            let heard = try reader.integer(UInt64.self)
            let points = Int(try reader.integer(UInt32.self))
            guard points > 0, heard >= UInt64(points), heard <= UInt64(Int.max) else {
                throw ByteReader.damaged("\(points) points of \(heard) windows")
            }
            let embeddings = try reader.floats(rows: points, columns: embeddingWidth)
            let descriptors = try reader.floats(rows: points, columns: descriptorWidth)
            var blocks: [Int] = []
            for _ in 0..<(version > 1 ? points : 0) { blocks.append(Int(try reader.integer(UInt32.self))) }
            states.append(
                StateBank(
                    name: name,
                    embeddings: embeddings,
                    descriptors: descriptors,
                    blocks: blocks,
                    windowsHeard: Int(heard)
                )
            )
        }
        guard !states.isEmpty, reader.isAtEnd else { throw ByteReader.damaged("no states, or bytes left over") }
        try self.init(embeddingWidth: embeddingWidth, descriptorWidth: descriptorWidth, states: states)
    }

    fileprivate static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
    }
}

extension NormalBank: Codable {
    public init(from decoder: any Decoder) throws {
        try self.init(encoded: try decoder.singleValueContainer().decode(Data.self))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(encoded())
    }
}

private struct ByteReader {
    var bytes: [UInt8]
    var offset = 0

    var isAtEnd: Bool { offset == bytes.count }

    static func damaged(_ found: String) -> DetectionError {
        DetectionError(.damaged, "the stored bank is damaged: \(found); restore it from a backup or enrol again")
    }

    mutating func dropChecksum() throws(DetectionError) {
        guard bytes.count >= offset + 8 else { throw Self.damaged("it ends after \(bytes.count) bytes") }
        let body = bytes[..<(bytes.count - 8)]
        let stored = bytes[(bytes.count - 8)...].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard NormalBank.checksum(body) == stored else { throw Self.damaged("its checksum does not fit") }
        bytes.removeLast(8)
    }

    mutating func take(_ count: Int) throws(DetectionError) -> ArraySlice<UInt8> {
        guard count >= 0, count <= bytes.count - offset else {
            throw Self.damaged("it ends at byte \(bytes.count), \(count) more were expected from \(offset)")
        }
        defer { offset += count }
        return bytes[offset..<offset + count]
    }

    mutating func integer<Value: FixedWidthInteger & UnsignedInteger>(
        _: Value.Type
    ) throws(DetectionError) -> Value {
        try take(MemoryLayout<Value>.size).reversed().reduce(0) { $0 << 8 | Value($1) }
    }

    mutating func floats(rows: Int, columns: Int) throws(DetectionError) -> RowMatrix {
        let (count, isTooMany) = rows.multipliedReportingOverflow(by: columns)
        guard !isTooMany, count <= bytes.count / 4 else { throw Self.damaged("\(rows) rows of \(columns) values") }
        let block = try take(count * 4)
        let values = (0..<count).map { index in
            let start = block.startIndex + index * 4
            let low = UInt32(block[start]) | UInt32(block[start + 1]) << 8
            let high = UInt32(block[start + 2]) << 16 | UInt32(block[start + 3]) << 24
            return Float(bitPattern: low | high)
        }
        guard values.allSatisfy(\.isFinite) else { throw Self.damaged("a value that is no number") }
        return RowMatrix(rows: rows, columns: columns, values: values)
    }
}
