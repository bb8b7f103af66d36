// Times in the database are whole milliseconds since 1970, so that they compare, index and bucket as integers.
import Foundation

extension Date {
    /// Whole milliseconds since 1970, rounded to the nearest; times beyond what fits are held at the ends.
    public var millisecondsSince1970: Int64 {
        let value = (timeIntervalSince1970 * 1_000).rounded()
        return Int64(exactly: value) ?? (value < 0 ? .min / 4 : .max / 4)
    }

    /// The time a number of milliseconds after 1970.
    public init(millisecondsSince1970 milliseconds: Int64) {
        self.init(timeIntervalSince1970: Double(milliseconds) / 1_000)
    }
}

extension UUID {
    /// Lower-case text, the form RFC 9562 asks of writers and the one used in topics, payloads and rows.
    public var text: String { uuidString.lowercased() }
}
