// One range of bytes out of a file, as a browser asks for it when somebody seeks in a clip.
// RFC 9110, section 14: https://www.rfc-editor.org/rfc/rfc9110#name-range-requests

/// What a `Range` header comes to for a body of some length.
enum ByteRange: Hashable, Sendable {
    /// Everything: no header, one that cannot be read, or several ranges, which a server may ignore.
    case whole
    /// These bytes.
    case part(ClosedRange<Int>)
    /// Nothing of the body lies in the range asked for: 416.
    case unsatisfiable

    init(_ header: String?, length: Int) {
        guard let header, header.lowercased().hasPrefix("bytes=") else {
            self = .whole
            return
        }
        let parts = header.dropFirst("bytes=".count).split(separator: "-", omittingEmptySubsequences: false)
            .map { $0.filter { $0 != " " } }
        let isDigits = parts.allSatisfy { $0.allSatisfy { ("0"..."9").contains($0) } }
        guard parts.count == 2, isDigits, !(parts[0].isEmpty && parts[1].isEmpty) else {
            self = .whole
            return
        }
        let (first, last) = (Int(parts[0]), Int(parts[1]))
        if parts[0].isEmpty {
            // The last so many bytes.
            let count = min(last ?? length, length)
            self = count > 0 ? .part(length - count...length - 1) : .unsatisfiable
            return
        }
        guard let first, first < length else {
            self = .unsatisfiable
            return
        }
        let end = parts[1].isEmpty ? length - 1 : min(last ?? length - 1, length - 1)
        self = first <= end ? .part(first...end) : .whole
    }
}
