// A strict, bounded JSON reader for files that come from strangers (RFC 8259: https://www.rfc-editor.org/rfc/rfc8259).

/// Why a text is not JSON, and where.
struct JSONParseError: Error, CustomStringConvertible, Equatable {
    var reason: String
    var offsetBytes: Int

    var description: String { "\(reason) at byte \(offsetBytes)" }
}

/// Parses one JSON text. Strict where it matters for hostile input: nesting is limited, text must be UTF-8, nothing may
/// follow the value. Unlike `JSONSerialization` it keeps duplicate members, so that the caller can refuse them.
struct JSONParser {
    private let bytes: UnsafeRawBufferPointer
    private var at = 0
    private var depth = 0

    private static let deepest = 64

    private init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    static func parse(_ bytes: UnsafeRawBufferPointer) throws(JSONParseError) -> JSONValue {
        var parser = JSONParser(bytes)
        let value = try parser.value()
        parser.skipSpace()
        guard parser.at == bytes.count else { throw parser.failure("unexpected bytes after the end") }
        return value
    }

    private func failure(_ reason: String) -> JSONParseError { JSONParseError(reason: reason, offsetBytes: at) }

    private var next: UInt8? { at < bytes.count ? bytes[at] : nil }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { at += 1 }
    }

    private mutating func expect(_ character: Character) throws(JSONParseError) {
        guard next == character.asciiValue else { throw failure("expected '\(character)'") }
        at += 1
    }

    private mutating func accept(_ character: Character) -> Bool {
        guard next == character.asciiValue else { return false }
        at += 1
        return true
    }

    private mutating func accept(word: StaticString) -> Bool {
        guard at + word.utf8CodeUnitCount <= bytes.count else { return false }
        for i in 0..<word.utf8CodeUnitCount where bytes[at + i] != word.utf8Start[i] { return false }
        at += word.utf8CodeUnitCount
        return true
    }

    private mutating func value() throws(JSONParseError) -> JSONValue {
        skipSpace()
        switch next {
        case UInt8(ascii: "{"): return try object()
        case UInt8(ascii: "["): return try array()
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t") where accept(word: "true"): return .boolean(true)
        case UInt8(ascii: "f") where accept(word: "false"): return .boolean(false)
        case UInt8(ascii: "n") where accept(word: "null"): return .null
        case nil: throw failure("unexpected end")
        default: return .number(try number())
        }
    }

    private mutating func enter() throws(JSONParseError) {
        depth += 1
        guard depth <= Self.deepest else { throw failure("nested more than \(Self.deepest) deep") }
    }

    private mutating func object() throws(JSONParseError) -> JSONValue {
        try enter()
        try expect("{")
        var members: [JSONValue.Member] = []
        skipSpace()
        if !accept("}") {
            repeat {
                skipSpace()
                let name = try string()
                skipSpace()
                try expect(":")
                members.append(JSONValue.Member(name: name, value: try value()))
                skipSpace()
            } while accept(",")
            try expect("}")
        }
        depth -= 1
        return .object(members)
    }

    private mutating func array() throws(JSONParseError) -> JSONValue {
        try enter()
        try expect("[")
        var values: [JSONValue] = []
        skipSpace()
        if !accept("]") {
            repeat {
                values.append(try value())
                skipSpace()
            } while accept(",")
            try expect("]")
        }
        depth -= 1
        return .array(values)
    }

    private mutating func digits() throws(JSONParseError) {
        let start = at
        while let byte = next, byte >= 0x30, byte <= 0x39 { at += 1 }
        guard at > start else { throw failure("expected a digit") }
    }

    private mutating func number() throws(JSONParseError) -> String {
        let start = at
        _ = accept("-")
        if !accept("0") { try digits() }
        if accept(".") { try digits() }
        if accept("e") || accept("E") {
            if !accept("+") { _ = accept("-") }
            try digits()
        }
        return String(decoding: bytes[start..<at], as: UTF8.self)
    }

    private mutating func string() throws(JSONParseError) -> String {
        try expect("\"")
        var text: [UInt8] = []
        while true {
            guard let byte = next else { throw failure("a string without an end") }
            at += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let decoded = String(validating: text, as: UTF8.self) else { throw failure("text is not UTF-8") }
                return decoded
            case UInt8(ascii: "\\"): try escape(into: &text)
            case 0..<0x20: throw failure("a control character in a string")
            default: text.append(byte)
            }
        }
    }

    private mutating func escape(into text: inout [UInt8]) throws(JSONParseError) {
        guard let byte = next else { throw failure("a string without an end") }
        at += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"):
            var code = UInt32(try hexQuad())
            if code >= 0xD800, code < 0xDC00, accept(word: "\\u") {
                let low = UInt32(try hexQuad())
                guard low >= 0xDC00, low < 0xE000 else { throw failure("half a surrogate pair") }
                code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
            }
            guard let scalar = Unicode.Scalar(code) else { throw failure("half a surrogate pair") }
            text.append(contentsOf: UTF8.encode(scalar).map { Array($0) } ?? [])
        default: throw failure("an unknown escape")
        }
    }

    private mutating func hexQuad() throws(JSONParseError) -> UInt16 {
        guard at + 4 <= bytes.count,
            let value = UInt16(String(decoding: bytes[at..<(at + 4)], as: UTF8.self), radix: 16)
        else { throw failure("expected four hexadecimal digits") }
        at += 4
        return value
    }
}
