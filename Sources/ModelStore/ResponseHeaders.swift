// What curl wrote down about the server's answers, redirects included.

import Foundation

/// The parsed header blocks of one download (RFC 9110).
struct ResponseHeaders: Sendable, Hashable {
    /// Status of the last answer; 0 where there was none.
    var status = 0
    /// Entity tag of the last answer as sent, quotes included.
    var entityTag: String?
    /// Size of the whole file, from Content-Range or Content-Length of the last answer.
    var totalBytes: Int?
    /// SHA-256 that the server told in any answer, in `X-Linked-Etag`.
    var linkedSHA256: String?

    init(_ text: String) {
        for line in text.split(whereSeparator: \.isNewline) {
            if line.hasPrefix("HTTP/") {
                beginBlock(line)
            } else if let colon = line.firstIndex(of: ":") {
                let value = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
                read(name: line[..<colon].lowercased(), value: value)
            }
        }
    }

    private mutating func beginBlock(_ line: Substring) {
        let words = line.split(separator: " ")
        status = words.count > 1 ? Int(words[1]) ?? 0 : 0
        entityTag = nil
        totalBytes = nil
    }

    private mutating func read(name: String, value: String) {
        switch name {
        case "etag":
            entityTag = value
        case "x-linked-etag":
            let digest = value.trimmingCharacters(in: CharacterSet(charactersIn: "W/\""))
            if FileHash.isDigest(digest) { linkedSHA256 = digest.lowercased() }
        case "content-length":
            if status == 200 { totalBytes = Int(value) }
        case "content-range":
            // "bytes 100-999/1000"; "*" where the size is unknown.
            if let slash = value.lastIndex(of: "/") { totalBytes = Int(value[value.index(after: slash)...]) }
        default:
            break
        }
    }

    /// A tag that If-Range may carry: weak ones must not be used (RFC 9110, section 13.1.5).
    var strongEntityTag: String? {
        entityTag.flatMap { $0.hasPrefix("W/") || !$0.hasPrefix("\"") ? nil : $0 }
    }
}
