// Safetensors files as strangers might make them: every corruption is its own error that names the tensor.
import Foundation
import Testing

@testable import CLAP

/// Writes files with any header.
struct SafetensorsForge {
    /// A folder of its own, removed at the end.
    let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("ausculta-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    func remove() { try? FileManager.default.removeItem(at: folder) }

    /// A file of this header and data; `length` lies about the header's length.
    func write(header: String, data: [UInt8] = [], length: UInt64? = nil) throws -> String {
        let json = Array(header.utf8)
        var bytes = withUnsafeBytes(of: (length ?? UInt64(json.count)).littleEndian) { Array($0) }
        bytes += json + data
        let file = folder.appendingPathComponent("model.safetensors")
        try Data(bytes).write(to: file)
        return file.path
    }
}

@Suite struct SafetensorsTests {
    /// One corruption: a header over eight bytes of data, and what the message must say.
    struct Corruption: Sendable, CustomTestStringConvertible {
        var name: String
        var header: String
        var says: [String]
        var length: UInt64?
        var testDescription: String { name }

        init(_ name: String, _ header: String, says: [String], length: UInt64? = nil) {
            (self.name, self.header, self.says, self.length) = (name, header, says, length)
        }
    }

    static func entry(_ dtype: String, _ shape: String, _ begin: String, _ end: String) -> String {
        #"{"dtype":"\#(dtype)","shape":\#(shape),"data_offsets":[\#(begin),\#(end)]}"#
    }

    static let good = entry("F32", "[2]", "0", "8")

    static let corruptions: [Corruption] = [
        .init("header longer than the file", "{}", says: ["header has 4096 bytes", "truncated"], length: 4096),
        .init("header length near 2^64", "{}", says: ["18446744073709551615"], length: .max),
        .init("header cut short", "{\"a\":\(good)}", says: ["not JSON"], length: 10),
        .init("not JSON", "hello", says: ["not JSON"]),
        .init("not UTF-8 in a name", #"{"\ud800":\#(good)}"#, says: ["not JSON", "surrogate"]),
        .init("nested without end", String(repeating: "[", count: 100_000), says: ["not JSON", "nested"]),
        .init("an array", "[1]", says: ["not a JSON object"]),
        .init("bytes after the object", "{\"a\":\(good)} x", says: ["not JSON", "after the end"]),
        .init("entry is a number", #"{"a":3}"#, says: ["'a'", "3"]),
        .init("no dtype", #"{"a":{"shape":[2],"data_offsets":[0,8]}}"#, says: ["'a'", "dtype", "absent"]),
        .init("unknown dtype", "{\"a\":\(entry("F12", "[2]", "0", "8"))}", says: ["'a'", "F12", "BF16"]),
        .init("no shape", #"{"a":{"dtype":"F32","data_offsets":[0,8]}}"#, says: ["'a'", "shape"]),
        .init("negative shape", "{\"a\":\(entry("F32", "[-2]", "0", "8"))}", says: ["'a'", "shape", "-2"]),
        .init("fractional shape", "{\"a\":\(entry("F32", "[2.5]", "0", "8"))}", says: ["'a'", "shape", "2.5"]),
        .init("shape is text", "{\"a\":\(entry("F32", "\"2\"", "0", "8"))}", says: ["'a'", "shape"]),
        .init(
            "shape product overflows",
            "{\"a\":\(entry("F32", "[4294967296,4294967296,4]", "0", "8"))}",
            says: ["'a'", "4294967296"]
        ),
        .init(
            "extent beyond 64 bits",
            "{\"a\":\(entry("F32", "[99999999999999999999]", "0", "8"))}",
            says: ["'a'", "shape", "99999999999999999999"]
        ),
        .init("one offset", #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[8]}}"#, says: ["'a'", "data_offsets"]),
        .init("offsets reversed", "{\"a\":\(entry("F32", "[2]", "8", "0"))}", says: ["'a'", "8 to 0"]),
        .init("negative offset", "{\"a\":\(entry("F32", "[2]", "-8", "0"))}", says: ["'a'", "data_offsets", "-8"]),
        .init("beyond the file", "{\"a\":\(entry("F32", "[4]", "0", "16"))}", says: ["'a'", "16", "8 bytes of data"]),
        .init("size disagrees with shape", "{\"a\":\(entry("F32", "[1]", "0", "8"))}", says: ["'a'", "[1]", "4", "8"]),
        .init(
            "overlap",
            "{\"a\":\(entry("F32", "[1]", "0", "4")),\"b\":\(entry("F16", "[3]", "2", "8"))}",
            says: ["'b'", "overlaps", "'a'"]
        ),
        .init("hole before", "{\"a\":\(entry("F32", "[1]", "4", "8"))}", says: ["'a'", "4 bytes before"]),
        .init("bytes after the last", "{\"a\":\(entry("F32", "[1]", "0", "4"))}", says: ["'a'", "4 bytes after"]),
        .init("listed twice", "{\"a\":\(good),\"a\":\(good)}", says: ["'a'", "twice"]),
        .init(
            "shape given twice",
            #"{"a":{"dtype":"F32","shape":[2],"shape":[9],"data_offsets":[0,8]}}"#,
            says: ["'a'", "shape", "once"]
        ),
    ]

    @Test(arguments: corruptions)
    func corruptFilesAreRefused(_ corruption: Corruption) throws {
        let forge = try SafetensorsForge()
        defer { forge.remove() }
        let path = try forge.write(
            header: corruption.header,
            data: Array(repeating: 0, count: 8),
            length: corruption.length
        )
        let error = #expect(throws: SafetensorsError.self) { try SafetensorsFile(path: path) }
        let message = try #require(error).description
        #expect(message.hasPrefix(path))
        for part in corruption.says { #expect(message.contains(part), "\(message)") }
    }

    @Test func shortEmptyAndAbsentFilesAreRefused() throws {
        let forge = try SafetensorsForge()
        defer { forge.remove() }
        let file = forge.folder.appendingPathComponent("short")
        for count in [0, 7] {
            try Data(repeating: 0, count: count).write(to: file)
            let error = #expect(throws: SafetensorsError.self) { try SafetensorsFile(path: file.path) }
            #expect(error?.problem == .fileTooShort(bytes: count))
        }
        let absent = forge.folder.appendingPathComponent("absent").path
        let error = #expect(throws: SafetensorsError.self) { try SafetensorsFile(path: absent) }
        #expect(try #require(error).description.contains("No such file"))
        #expect(throws: SafetensorsError.self) { try SafetensorsFile(path: forge.folder.path) }
    }

    @Test func everyFloatTypeIsReadWhereverItLies() throws {
        let forge = try SafetensorsForge()
        defer { forge.remove() }
        // One byte first, so that everything after it is misaligned.
        let parts: [(String, String, [UInt8])] = [
            ("flag", "BOOL", [1]), ("single", "F32", [0, 0, 0x80, 0x3F, 0, 0, 0, 0xC0]),
            ("half", "F16", [0x00, 0x3E]), ("brain", "BF16", [0x20, 0xC1]),
        ]
        for pad in 0..<4 {
            var header = "{\"__metadata__\":{\"format\":\"pt\"}"
            var data: [UInt8] = []
            for (name, type, bytes) in parts {
                let count = bytes.count / (type == "BOOL" ? 1 : type == "F32" ? 4 : 2)
                let place = Self.entry(type, "[\(count)]", "\(data.count)", "\(data.count + bytes.count)")
                header += ",\"\(name)\":\(place)"
                data += bytes
            }
            header += "}" + String(repeating: " ", count: pad)
            let file = try SafetensorsFile(path: try forge.write(header: header, data: data))
            func values(_ name: String) throws -> [Float]? { file.weight(try #require(file.entries[name]))?.values }
            #expect(try values("single") == [1, -2])
            #expect(try values("half") == [1.5])
            #expect(try values("brain") == [-10])
            #expect(try values("flag") == nil)
        }
    }

    @Test func emptyTensorsAndScalarsAreFine() throws {
        let forge = try SafetensorsForge()
        defer { forge.remove() }
        let header = "{\"none\":\(Self.entry("F32", "[0,5]", "0", "0")),\"one\":\(Self.entry("F32", "[]", "0", "4"))}"
        let file = try SafetensorsFile(path: try forge.write(header: header, data: [0, 0, 0x40, 0x40]))
        #expect(file.weight(try #require(file.entries["one"]))?.values == [3])
        #expect(file.weight(try #require(file.entries["none"]))?.values == [])
    }
}
