// Times and durations as people type them: "2h", "3d", "2026-11-22 10:00", RFC 3339.
import Foundation

/// A text that is no time or duration.
public struct TimeExpressionError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The text as given.
    public let text: String
    /// What was expected.
    public let expected: String

    public var description: String { "\"\(text)\" is no \(expected)" }
}

/// Reads times and durations from the command line.
public enum TimeExpression {
    private static let units: [Character: Double] = ["s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800]

    /// A duration in seconds: "90s", "15m", "2h", "3d", "2w", "1h30m", "1.5h".
    public static func seconds(_ text: String) throws(TimeExpressionError) -> Double {
        let refusal = TimeExpressionError(text: text, expected: "duration such as 90s, 15m, 2h, 3d or 1h30m")
        var total = 0.0
        var number = ""
        for character in text.trimmingCharacters(in: .whitespaces) {
            if character.isASCII, character.isNumber || character == "." {
                number.append(character)
            } else {
                guard let unit = units[character], let value = Double(number) else { throw refusal }
                total += value * unit
                number = ""
            }
        }
        guard number.isEmpty, total > 0, total.isFinite else { throw refusal }
        return total
    }

    /// A moment: a duration before `now`, "now", RFC 3339, or a date with or without time of day in `timeZone`.
    public static func date(_ text: String, now: Date, timeZone: TimeZone) throws(TimeExpressionError) -> Date {
        let trimmed = text.trimmingCharacters(in: .whitespaces)
        if trimmed == "now" { return now }
        if let date = RFC3339.date(trimmed, in: timeZone) { return date }
        do {
            return now.addingTimeInterval(-(try seconds(trimmed)))
        } catch {
            throw TimeExpressionError(
                text: text,
                expected:
                    "time: give a duration before now (2h, 3d), or a date such as 2026-11-22, \"2026-11-22 10:00\""
                    + " or 2026-11-22T10:00:00Z"
            )
        }
    }
}
