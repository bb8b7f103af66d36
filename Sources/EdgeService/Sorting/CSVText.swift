// CSV by RFC 4180: commas, quotes doubled, line breaks inside quotes.
import Foundation

/// Writes and reads CSV records.
enum CSVText {
    /// One record with its line end.
    static func record(_ fields: [String]) -> String {
        fields.map(field).joined(separator: ",") + "\r\n"
    }

    private static func field(_ text: String) -> String {
        let needsQuotes =
            text.unicodeScalars.contains { "\",\r\n".unicodeScalars.contains($0) } || text.hasPrefix(" ")
            || text.hasSuffix(" ")
        return needsQuotes ? "\"\(text.replacingOccurrences(of: "\"", with: "\"\""))\"" : text
    }

    /// The complete records of a text; one that is cut short (no line end behind it, or a quote left open) is left out.
    static func records(_ text: String) -> [[String]] {
        var records: [[String]] = []
        var fields: [String] = []
        var field = String.UnicodeScalarView()
        var isQuoted = false
        var scalars = text.unicodeScalars.makeIterator()
        var next = scalars.next()
        while let scalar = next {
            next = scalars.next()
            if isQuoted {
                if scalar != "\"" {
                    field.append(scalar)
                } else if next == "\"" {
                    field.append(scalar)
                    next = scalars.next()
                } else {
                    isQuoted = false
                }
                continue
            }
            switch scalar {
            case "\"": isQuoted = true
            case ",":
                fields.append(String(field))
                field = String.UnicodeScalarView()
            case "\r" where next == "\n": break
            case "\n":
                fields.append(String(field))
                records.append(fields)
                fields = []
                field = String.UnicodeScalarView()
            default: field.append(scalar)
            }
        }
        return records
    }
}
