// One sentence for people in both languages of the product.

/// A text in English and Chinese.
public struct BilingualText: Hashable, Sendable, Codable, CustomStringConvertible {
    /// The sentence in English.
    public let english: String
    /// The same in simplified Chinese.
    public let chinese: String

    /// Makes a text.
    public init(english: String, chinese: String) {
        self.english = english
        self.chinese = chinese
    }

    public var description: String { "\(english) / \(chinese)" }

    /// A number with a fixed count of decimals, the same on every machine.
    static func number(_ value: Double, decimals: Int) -> String {
        guard value.isFinite else { return "\(value)" }
        let scale = (0..<decimals).reduce(1.0) { scale, _ in scale * 10 }
        let scaled = (value.magnitude * scale).rounded()
        guard scaled < 1e15 else { return "\(value)" }
        let digits = String(Int(scaled))
        let sign = value < 0 && scaled > 0 ? "-" : ""
        guard decimals > 0 else { return sign + digits }
        let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
        return sign + padded.dropLast(decimals) + "." + padded.suffix(decimals)
    }
}
