// multipart/form-data as browsers and curl send it, read strictly and within bounds.
// RFC 7578 (form-data), RFC 2046 5.1 (boundaries), RFC 5987 (filename*).
import Foundation

/// Why a body is not multipart/form-data.
struct MultipartError: Error, Hashable, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

/// A form: its parts, in order.
struct MultipartForm: Hashable {
    /// One field.
    struct Part: Hashable {
        let name: String
        /// As the sender named the file; nil for a plain field.
        let filename: String?
        let contentType: String?
        let content: Data
    }

    let parts: [Part]

    /// Most parts in a form.
    static let maximumParts = 256
    /// Most bytes of a part's header.
    static let maximumHeaderBytes = 8 << 10

    /// Reads a body.
    ///
    /// - Parameter boundary: as the request's content type names it.
    /// - Throws: ``MultipartError`` that says where the body stops being one.
    init(_ body: Data, boundary: String) throws(MultipartError) {
        var reader = MultipartReader(body: body, boundary: boundary)
        try reader.begin()
        var parts: [Part] = []
        while true {
            let number = parts.count + 1
            guard number <= Self.maximumParts else {
                throw MultipartError("more than \(Self.maximumParts) parts; that is the limit")
            }
            let header = try MultipartHeader(try reader.header(of: number), part: number)
            let (content, isLast) = try reader.content(of: number)
            parts.append(
                Part(
                    name: header.name,
                    filename: header.filename,
                    contentType: header.contentType,
                    content: content
                )
            )
            if isLast { break }
        }
        self.parts = parts
    }

    /// The boundary a content type names; nil where it is no multipart/form-data.
    ///
    /// - Throws: ``MultipartError`` for one without a usable boundary.
    static func boundary(contentType: String) throws(MultipartError) -> String? {
        let (type, parameters) = try HeaderParameters.parse(contentType, in: "Content-Type")
        guard type.lowercased() == "multipart/form-data" else { return nil }
        guard let boundary = parameters["boundary"] else {
            throw MultipartError("Content-Type names no boundary; expected multipart/form-data; boundary=…")
        }
        let allowed = Set("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'()+_,-./:=? ")
        guard (1...70).contains(boundary.count), boundary.allSatisfy(allowed.contains), !boundary.hasSuffix(" ") else {
            throw MultipartError("the boundary in Content-Type must have 1 to 70 of the characters RFC 2046 allows")
        }
        return boundary
    }
}

/// Walks over the bytes of a form.
private struct MultipartReader {
    let body: Data
    let delimiter: Data
    var position: Data.Index

    private static let lineEnd = Data("\r\n".utf8)

    init(body: Data, boundary: String) {
        self.body = body
        delimiter = Data("\r\n--\(boundary)".utf8)
        position = body.startIndex
    }

    /// Stands behind the first boundary line afterwards.
    mutating func begin() throws(MultipartError) {
        if body[position...].starts(with: Self.lineEnd) { position += 2 }
        let opening = delimiter.dropFirst(2)
        guard body[position...].starts(with: opening) else {
            throw MultipartError("the body does not begin with the boundary that Content-Type names")
        }
        position += opening.count
        guard try !endOfDelimiter(before: 1) else { throw MultipartError("the form has no parts") }
    }

    /// The header block of a part, without its empty line.
    mutating func header(of part: Int) throws(MultipartError) -> Data {
        let window = body[position..<min(body.endIndex, position + MultipartForm.maximumHeaderBytes + 4)]
        guard let end = window.range(of: Data("\r\n\r\n".utf8)) else {
            throw MultipartError(
                window.endIndex == body.endIndex
                    ? "the body ends inside the header of part \(part)"
                    : "the header of part \(part) is longer than \(MultipartForm.maximumHeaderBytes) bytes"
            )
        }
        defer { position = end.upperBound }
        return body[position..<end.lowerBound]
    }

    /// The content of a part, and whether it was the last one.
    mutating func content(of part: Int) throws(MultipartError) -> (Data, isLast: Bool) {
        // The line end before a boundary belongs to it: an empty part has only that of its header.
        guard let end = find(delimiter, from: position - 2) else {
            throw MultipartError("the body ends inside part \(part): its closing boundary is missing")
        }
        let content = body[position..<max(position, end)]
        position = end + delimiter.count
        return (content, isLast: try endOfDelimiter(before: part + 1))
    }

    /// What follows a boundary: a line end (false), or two hyphens and the form's end (true).
    private mutating func endOfDelimiter(before part: Int) throws(MultipartError) -> Bool {
        let rest = body[position...]
        if rest.starts(with: Data("--".utf8)) {
            let epilogue = rest.dropFirst(2)
            guard epilogue.prefix(1_024).allSatisfy({ [9, 10, 13, 32].contains($0) }), epilogue.count <= 1_024 else {
                throw MultipartError("there is something behind the form's closing boundary")
            }
            return true
        }
        let padding = rest.prefix(while: { $0 == 32 || $0 == 9 })
        position += padding.count
        guard body[position...].starts(with: Self.lineEnd) else {
            throw MultipartError("the boundary before part \(part) does not end its line")
        }
        position += 2
        return false
    }

    /// Where a boundary lies; boundaries begin with a carriage return, which memory is searched for quickly.
    private func find(_ needle: Data, from start: Data.Index) -> Data.Index? {
        body.withUnsafeBytes { haystack -> Data.Index? in
            needle.withUnsafeBytes { needle -> Data.Index? in
                guard let base = haystack.baseAddress, let wanted = needle.baseAddress else { return nil }
                var offset = start - body.startIndex
                while haystack.count - offset >= needle.count {
                    let room = haystack.count - offset - needle.count + 1
                    guard let hit = memchr(base + offset, Int32(wanted.load(as: UInt8.self)), room) else { return nil }
                    offset = UnsafeRawPointer(hit) - base
                    if memcmp(hit, wanted, needle.count) == 0 { return body.startIndex + offset }
                    offset += 1
                }
                return nil
            }
        }
    }
}

/// What the header of a part says.
private struct MultipartHeader {
    var name = ""
    var filename: String?
    var contentType: String?

    init(_ bytes: Data, part: Int) throws(MultipartError) {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw MultipartError("the header of part \(part) is not UTF-8")
        }
        var seen = Set<String>()
        var lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        for index in lines.indices.dropLast() {
            guard lines[index].unicodeScalars.last == "\r" else {
                throw MultipartError("part \(part) has a header line that does not end with CR LF")
            }
            lines[index].unicodeScalars.removeLast()
        }
        for line in lines {
            guard let colon = line.firstIndex(of: ":"), colon > line.startIndex,
                line[..<colon].allSatisfy(HeaderParameters.isToken),
                line.unicodeScalars.allSatisfy({ $0.value >= 32 && $0.value != 127 || $0 == "\t" })
            else { throw MultipartError("part \(part) has a header line that is none") }
            let key = line[..<colon].lowercased()
            guard seen.insert(key).inserted else {
                throw MultipartError("part \(part) has the header \(key) twice")
            }
            let value = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
            switch key {
            case "content-disposition": try readDisposition(value, part: part)
            case "content-type": contentType = value
            case "content-transfer-encoding":
                guard ["binary", "8bit", "7bit"].contains(value.lowercased()) else {
                    throw MultipartError("part \(part) is encoded as \(value); send its bytes as they are")
                }
            default: break
            }
        }
        guard seen.contains("content-disposition") else {
            throw MultipartError("part \(part) has no Content-Disposition")
        }
    }

    private mutating func readDisposition(_ value: String, part: Int) throws(MultipartError) {
        let (type, parameters) = try HeaderParameters.parse(value, in: "Content-Disposition of part \(part)")
        guard type.lowercased() == "form-data" else {
            throw MultipartError("part \(part) is '\(type.prefix(40))'; expected form-data")
        }
        guard let name = parameters["name"], !name.isEmpty else {
            throw MultipartError("part \(part) has no name; expected Content-Disposition: form-data; name=\"…\"")
        }
        self.name = name
        filename = parameters["filename"]
        if let extended = parameters["filename*"] {
            filename = try HeaderParameters.extended(extended, in: "Content-Disposition of part \(part)")
        }
    }
}

/// A header value with parameters: `form-data; name="audio"; filename="a b.wav"`.
enum HeaderParameters {
    static func isToken(_ character: Character) -> Bool {
        guard let value = character.asciiValue else { return false }
        return value > 32 && value < 127 && !"()<>@,;:\\\"/[]?={}".utf8.contains(value)
    }

    /// The value before the first semicolon, and the parameters by lower-case name.
    static func parse(
        _ text: String,
        in place: String
    ) throws(MultipartError) -> (value: String, parameters: [String: String]) {
        var rest = Substring(text)
        let value = rest.prefix { $0 != ";" }
        rest = rest.dropFirst(value.count)
        var parameters: [String: String] = [:]
        while !rest.isEmpty {
            // A semicolon at the end is common and says nothing.
            rest = rest.dropFirst().drop { $0 == " " || $0 == "\t" }
            guard !rest.isEmpty else { break }
            let name = rest.prefix(while: isToken)
            rest = rest.dropFirst(name.count)
            guard !name.isEmpty, rest.first == "=" else {
                throw MultipartError("\(place): a parameter is not NAME=VALUE")
            }
            rest = rest.dropFirst()
            let content: String
            if rest.first == "\"" {
                (content, rest) = try quoted(rest, in: place)
            } else {
                let token = rest.prefix { $0 != ";" && $0 != " " && $0 != "\t" }
                content = String(token)
                rest = rest.dropFirst(token.count)
            }
            rest = rest.drop { $0 == " " || $0 == "\t" }
            guard rest.isEmpty || rest.first == ";" else {
                throw MultipartError("\(place): something follows the value of \(name) that is no parameter")
            }
            guard parameters.updateValue(content, forKey: name.lowercased()) == nil else {
                throw MultipartError("\(place): \(name) is there twice")
            }
        }
        return (value.trimmingCharacters(in: .whitespaces), parameters)
    }

    /// A quoted string. A backslash quotes a quote or a backslash, as curl does; browsers send %22 instead, and leave
    /// other backslashes as they are.
    private static func quoted(
        _ text: Substring,
        in place: String
    ) throws(MultipartError) -> (String, rest: Substring) {
        var content = ""
        var index = text.index(after: text.startIndex)
        while index < text.endIndex {
            let character = text[index]
            let next = text.index(after: index)
            if character == "\"" {
                let plain = ["%22": "\"", "%0D": "", "%0A": ""].reduce(content) {
                    $0.replacingOccurrences(of: $1.key, with: $1.value, options: .caseInsensitive)
                }
                return (plain, text[next...])
            }
            if character == "\\", next < text.endIndex, text[next] == "\"" || text[next] == "\\" {
                content.append(text[next])
                index = text.index(after: next)
            } else {
                content.append(character)
                index = next
            }
        }
        throw MultipartError("\(place): a quoted value has no end")
    }

    /// The value of a parameter in RFC 5987's form, `UTF-8''%E6%B3%B5.wav`.
    static func extended(_ text: String, in place: String) throws(MultipartError) -> String {
        let parts = text.split(separator: "'", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].lowercased() == "utf-8", let value = parts[2].removingPercentEncoding else {
            throw MultipartError("\(place): filename* is not UTF-8''… with percent signs")
        }
        return value
    }
}
