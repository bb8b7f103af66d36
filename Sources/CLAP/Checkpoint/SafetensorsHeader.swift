// The header of a safetensors file, read as hostile input.
// Format: https://github.com/huggingface/safetensors#format

/// The element types of the format.
enum TensorType: String, Sendable, CaseIterable {
    case bool = "BOOL"
    case u8 = "U8"
    case i8 = "I8"
    case f8e5m2 = "F8_E5M2"
    case f8e4m3 = "F8_E4M3"
    case i16 = "I16"
    case u16 = "U16"
    case f16 = "F16"
    case bf16 = "BF16"
    case i32 = "I32"
    case u32 = "U32"
    case f32 = "F32"
    case f64 = "F64"
    case i64 = "I64"
    case u64 = "U64"

    var byteCount: Int {
        switch self {
        case .bool, .u8, .i8, .f8e5m2, .f8e4m3: 1
        case .i16, .u16, .f16, .bf16: 2
        case .i32, .u32, .f32: 4
        case .f64, .i64, .u64: 8
        }
    }

    static var names: String { allCases.map(\.rawValue).joined(separator: ", ") }
}

/// One tensor's entry: its type, its shape and where its bytes lie behind the header.
struct TensorEntry: Sendable, Equatable {
    var name: String
    var type: TensorType
    var shape: [Int]
    /// Offsets in the data that follows the header.
    var bytes: Range<Int>
}

/// The checked header: every entry lies in the file, has the size its shape asks for, and together they cover the data
/// exactly once.
struct SafetensorsHeader: Sendable {
    var entries: [TensorEntry]
    /// Offset of the data in the file.
    var dataOffset: Int

    /// The reference implementation's limit.
    static let longestHeaderBytes = 100_000_000

    init(file: UnsafeRawBufferPointer, path: String) throws(SafetensorsError) {
        func problem(_ problem: SafetensorsError.Problem) -> SafetensorsError {
            SafetensorsError(path: path, problem: problem)
        }
        guard file.count >= 8 else { throw problem(.fileTooShort(bytes: file.count)) }
        let length = UInt64(littleEndian: file.loadUnaligned(as: UInt64.self))
        guard length <= UInt64(min(file.count - 8, Self.longestHeaderBytes)) else {
            throw problem(.headerLength(found: length, fileBytes: file.count))
        }
        dataOffset = 8 + Int(length)
        let json: JSONValue
        do {
            json = try JSONParser.parse(UnsafeRawBufferPointer(rebasing: file[8..<dataOffset]))
        } catch {
            throw problem(.headerNotJSON(error.description))
        }
        guard case .object(let members) = json else { throw problem(.headerNotObject) }

        let dataBytes = file.count - dataOffset
        entries = []
        var names = Set<String>()
        for member in members {
            guard names.insert(member.name).inserted else { throw problem(.duplicateTensor(member.name)) }
            // Free text about the file; nothing we use.
            if member.name == "__metadata__" { continue }
            do throws(EntryProblem) {
                entries.append(try Self.entry(member, dataBytes: dataBytes))
            } catch {
                throw problem(error.problem)
            }
        }
        if let gap = Self.firstFlaw(inCoverOf: entries, dataBytes: dataBytes) { throw problem(gap) }
    }

    private struct EntryProblem: Error {
        var problem: SafetensorsError.Problem
    }

    private static func entry(_ member: JSONValue.Member, dataBytes: Int) throws(EntryProblem) -> TensorEntry {
        let name = member.name
        func malformed(_ field: String, _ found: JSONValue?, _ expected: String) -> EntryProblem {
            EntryProblem(
                problem: .malformedTensor(name, field: field, found: found?.excerpt ?? "absent", expected: expected)
            )
        }
        guard case .object(let fields) = member.value else {
            throw malformed("entry", member.value, "an object with dtype, shape and data_offsets")
        }
        for (i, field) in fields.enumerated() where fields[..<i].contains(where: { $0.name == field.name }) {
            throw malformed(field.name, field.value, "to be given once")
        }
        guard let typeName = member.value["dtype"]?.string else {
            throw malformed("dtype", member.value["dtype"], "a string")
        }
        guard let type = TensorType(rawValue: typeName) else {
            throw EntryProblem(problem: .unknownType(name, found: typeName))
        }
        guard let shapeValue = member.value["shape"], let shape = Self.naturals(shapeValue) else {
            throw malformed("shape", member.value["shape"], "a list of whole numbers")
        }
        guard let offsets = member.value["data_offsets"], let pair = Self.naturals(offsets), pair.count == 2 else {
            throw malformed("data_offsets", member.value["data_offsets"], "two whole numbers")
        }
        var expectedBytes = type.byteCount
        for extent in shape {
            let (product, overflow) = expectedBytes.multipliedReportingOverflow(by: extent)
            guard !overflow else { throw EntryProblem(problem: .shapeTooLarge(name, shape: shapeValue.excerpt)) }
            expectedBytes = product
        }
        guard pair[0] <= pair[1], pair[1] <= dataBytes else {
            throw EntryProblem(problem: .outsideFile(name, begin: pair[0], end: pair[1], dataBytes: dataBytes))
        }
        guard pair[1] - pair[0] == expectedBytes else {
            throw EntryProblem(
                problem: .wrongSize(
                    name,
                    type: typeName,
                    shape: shape,
                    expectedBytes: expectedBytes,
                    foundBytes: pair[1] - pair[0]
                )
            )
        }
        return TensorEntry(name: name, type: type, shape: shape, bytes: pair[0]..<pair[1])
    }

    private static func naturals(_ value: JSONValue) -> [Int]? {
        guard case .array(let items) = value else { return nil }
        var numbers: [Int] = []
        for item in items {
            guard case .number(let text) = item, let number = Int(text), number >= 0 else { return nil }
            numbers.append(number)
        }
        return numbers
    }

    /// The entries must follow each other without overlap or hole from the first byte to the last.
    private static func firstFlaw(inCoverOf entries: [TensorEntry], dataBytes: Int) -> SafetensorsError.Problem? {
        let ordered = entries.sorted {
            ($0.bytes.lowerBound, $0.bytes.upperBound) < ($1.bytes.lowerBound, $1.bytes.upperBound)
        }
        var end = 0
        var previous = ""
        for entry in ordered {
            if entry.bytes.lowerBound < end { return .overlap(entry.name, other: previous) }
            if entry.bytes.lowerBound > end { return .hole(entry.name, bytes: entry.bytes.lowerBound - end) }
            end = entry.bytes.upperBound
            previous = entry.name
        }
        return end < dataBytes ? .trailingBytes(previous, bytes: dataBytes - end) : nil
    }
}
