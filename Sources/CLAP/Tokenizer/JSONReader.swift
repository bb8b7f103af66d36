// A small pull parser for the large flat objects of tokenizer files, which Foundation's parser takes too long over.
//
// https://www.rfc-editor.org/rfc/rfc8259

/// Reads JSON from bytes, value by value.
struct JSONReader {
    private let bytes: [UInt8]
    private let path: String
    private var position = 0

    /// - Parameter path: the file's name for errors.
    init(_ bytes: [UInt8], path: String) {
        self.bytes = bytes
        self.path = path
        // A byte order mark is no part of the text.
        if bytes.starts(with: [0xef, 0xbb, 0xbf]) { position = 3 }
    }

    func failure(_ problem: String) -> TokenizerError {
        .malformedJSON(path: path, byteOffset: position, problem: problem)
    }

    /// The next byte that is no white space, nil at the end.
    mutating func peek() -> UInt8? {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x09, 0x0a, 0x0d: position += 1
            default: return bytes[position]
            }
        }
        return nil
    }

    /// Takes the byte if it comes next.
    mutating func take(_ byte: UInt8) -> Bool {
        guard peek() == byte else { return false }
        position += 1
        return true
    }

    mutating func expect(_ byte: UInt8) throws(TokenizerError) {
        if !take(byte) { throw failure("expected '\(Unicode.Scalar(byte))'") }
    }

    /// Calls the body with each key of an object; the body must read the value.
    mutating func object(
        _ body: (inout JSONReader, [UInt8]) throws(TokenizerError) -> Void
    ) throws(TokenizerError) {
        try expect(UInt8(ascii: "{"))
        if take(UInt8(ascii: "}")) { return }
        repeat {
            let key = try string()
            try expect(UInt8(ascii: ":"))
            try body(&self, key)
        } while take(UInt8(ascii: ","))
        try expect(UInt8(ascii: "}"))
    }

    /// Calls the body for each element of an array; the body must read it.
    mutating func array(_ body: (inout JSONReader) throws(TokenizerError) -> Void) throws(TokenizerError) {
        try expect(UInt8(ascii: "["))
        if take(UInt8(ascii: "]")) { return }
        repeat { try body(&self) } while take(UInt8(ascii: ","))
        try expect(UInt8(ascii: "]"))
    }

    /// A string's UTF-8.
    mutating func string() throws(TokenizerError) -> [UInt8] {
        try expect(UInt8(ascii: "\""))
        var start = position
        var text: [UInt8] = []
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\""):
                text.append(contentsOf: bytes[start..<position])
                position += 1
                return text
            case UInt8(ascii: "\\"):
                text.append(contentsOf: bytes[start..<position])
                position += 1
                try escape(into: &text)
                start = position
            case 0..<0x20:
                throw failure("control character in a string")
            default:
                position += 1
            }
        }
        throw failure("string without an end")
    }

    /// A whole number.
    mutating func integer() throws(TokenizerError) -> Int {
        _ = peek()
        let start = position
        if position < bytes.count, bytes[position] == UInt8(ascii: "-") { position += 1 }
        while position < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[position]) {
            position += 1
        }
        guard let value = Int(String(decoding: bytes[start..<position], as: UTF8.self)) else {
            position = start
            throw failure("expected a whole number")
        }
        return value
    }

    /// The bytes of the next value, of any kind.
    mutating func rawValue() throws(TokenizerError) -> ArraySlice<UInt8> {
        _ = peek()
        let start = position
        try skipValue()
        return bytes[start..<position]
    }

    /// Passes over the next value, of any kind.
    mutating func skipValue() throws(TokenizerError) {
        var depth = 0
        repeat {
            guard let byte = peek() else { throw failure("value without an end") }
            switch byte {
            case UInt8(ascii: "\""):
                try skipString()
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                position += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                if depth == 0 { throw failure("expected a value") }
                depth -= 1
                position += 1
            case UInt8(ascii: ","), UInt8(ascii: ":"):
                if depth == 0 { throw failure("expected a value") }
                position += 1
            default:
                skipWord()
            }
        } while depth > 0
    }

    private mutating func skipString() throws(TokenizerError) {
        position += 1
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\""):
                position += 1
                return
            case UInt8(ascii: "\\"): position += 2
            default: position += 1
            }
        }
        throw failure("string without an end")
    }

    /// A number, true, false or null.
    private mutating func skipWord() {
        let ends: [UInt8] = [0x20, 0x09, 0x0a, 0x0d, 0x2c, 0x3a, 0x5b, 0x5d, 0x7b, 0x7d, 0x22]
        while position < bytes.count, !ends.contains(bytes[position]) { position += 1 }
    }

    /// Throws unless only white space is left.
    mutating func end() throws(TokenizerError) {
        if peek() != nil { throw failure("text after the end") }
    }

    private mutating func escape(into text: inout [UInt8]) throws(TokenizerError) {
        guard position < bytes.count else { throw failure("string without an end") }
        let kind = bytes[position]
        position += 1
        switch kind {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(kind)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0c)
        case UInt8(ascii: "n"): text.append(0x0a)
        case UInt8(ascii: "r"): text.append(0x0d)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"):
            var code = UInt32(try hexadecimal())
            if (0xd800..<0xdc00).contains(code), position + 1 < bytes.count, bytes[position] == UInt8(ascii: "\\"),
                bytes[position + 1] == UInt8(ascii: "u")
            {
                position += 2
                let low = UInt32(try hexadecimal())
                guard (0xdc00..<0xe000).contains(low) else { throw failure("half of a surrogate pair") }
                code = 0x10000 + (code - 0xd800) << 10 + (low - 0xdc00)
            }
            guard let scalar = Unicode.Scalar(code) else { throw failure("half of a surrogate pair") }
            text.append(contentsOf: String(scalar).utf8)
        default: throw failure("unknown escape in a string")
        }
    }

    private mutating func hexadecimal() throws(TokenizerError) -> UInt16 {
        let end = min(position + 4, bytes.count)
        let digits = String(decoding: bytes[position..<end], as: UTF8.self)
        guard digits.utf8.count == 4, let value = UInt16(digits, radix: 16), !digits.hasPrefix("+") else {
            throw failure("expected four hexadecimal digits")
        }
        position = end
        return value
    }
}
