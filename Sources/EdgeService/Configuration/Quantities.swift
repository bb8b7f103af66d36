// Durations, sizes and shares as people write them: "10s", "500ms", "90d", "2GB", "75 %".
import Foundation

/// Parses quantities; nil where the text is not one.
enum Quantities {
    /// Seconds in each unit of time.
    static let timeUnits: [(unit: String, seconds: Double)] = [
        ("ms", 0.001), ("s", 1), ("min", 60), ("m", 60), ("h", 3_600), ("d", 86_400), ("w", 604_800),
    ]
    /// Bytes in each unit of size.
    static let sizeUnits: [(unit: String, bytes: Double)] = [
        ("kib", 1_024), ("mib", 1_048_576), ("gib", 1_073_741_824), ("tib", 1_099_511_627_776),
        ("kb", 1e3), ("mb", 1e6), ("gb", 1e9), ("tb", 1e12), ("b", 1),
    ]

    /// "10s", "0.5 h" in seconds. A bare number is nil: the unit has to be said.
    static func seconds(_ text: String) -> Double? {
        guard let (number, unit) = split(text) else { return nil }
        guard let scale = timeUnits.first(where: { $0.unit == unit })?.seconds else { return nil }
        return unit == "ms" ? number / 1_000 : number * scale
    }

    /// "2GB" (10⁹) or "2GiB" (2³⁰) in bytes. A bare number is nil.
    static func bytes(_ text: String) -> Int? {
        guard let (number, unit) = split(text) else { return nil }
        guard let scale = sizeUnits.first(where: { $0.unit == unit })?.bytes else { return nil }
        let bytes = (number * scale).rounded()
        return bytes < 1e18 ? Int(bytes) : nil
    }

    /// "0.75" or "75 %" as 0.75, whatever its range.
    static func share(_ text: String) -> Double? {
        guard let (number, unit) = split(text) else { return nil }
        switch unit {
        case "": return number
        case "%": return number / 100
        default: return nil
        }
    }

    /// Seconds as a person says them: "45 s", "2.5 min", "3.0 h", "12 d".
    static func text(seconds: Double) -> String {
        let magnitude = abs(seconds)
        if magnitude < 120 { return "\(Int(seconds.rounded())) s" }
        if magnitude < 7_200 { return String(format: "%.1f min", seconds / 60) }
        if magnitude < 172_800 { return String(format: "%.1f h", seconds / 3_600) }
        return "\(Int((seconds / 86_400).rounded())) d"
    }

    /// Bytes as a person says them: "812 kB", "1.5 GB".
    static func text(bytes: Double) -> String {
        for (unit, scale) in [("TB", 1e12), ("GB", 1e9), ("MB", 1e6)] where bytes >= scale {
            return String(format: "%.1f \(unit)", bytes / scale)
        }
        return "\(Int((bytes / 1e3).rounded())) kB"
    }

    /// A number and the lower-cased unit behind it.
    private static func split(_ text: String) -> (number: Double, unit: String)? {
        let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == "." || $0 == "-" || $0 == "+") }
        guard let number = Double(digits), number.isFinite else { return nil }
        let unit = text.dropFirst(digits.count).drop { $0 == " " }.lowercased()
        return (number, unit)
    }
}
