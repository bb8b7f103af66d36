// Strict reading of Internet timestamps: https://www.rfc-editor.org/rfc/rfc3339#section-5.6
import Foundation

/// RFC 3339 timestamps.
enum RFC3339 {
    /// The instant written as `2025-03-01T12:00:00.25+08:00`; nil when malformed or not a calendar date.
    static func date(from text: String) -> Date? {
        var cursor = Cursor(bytes: ArraySlice(text.utf8))
        guard let year = cursor.number(digits: 4), cursor.take("-"),
            let month = cursor.number(digits: 2), (1...12).contains(month), cursor.take("-"),
            let day = cursor.number(digits: 2), day >= 1, day <= daysIn(month: month, year: year),
            cursor.take("T") || cursor.take("t") || cursor.take(" "),
            let hour = cursor.number(digits: 2), hour < 24, cursor.take(":"),
            let minute = cursor.number(digits: 2), minute < 60, cursor.take(":"),
            // Second 60 is a leap second.
            let second = cursor.number(digits: 2), second <= 60,
            let fraction = cursor.fraction(),
            let offsetSeconds = cursor.offset(),
            cursor.isAtEnd
        else { return nil }
        let days = daysSince1970(year: year, month: month, day: day)
        let seconds = days * 86_400 + hour * 3_600 + minute * 60 + second - offsetSeconds
        return Date(timeIntervalSince1970: Double(seconds) + fraction)
    }

    private static func daysIn(month: Int, year: Int) -> Int {
        let isLeap = year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
        return month == 2 ? (isLeap ? 29 : 28) : [4, 6, 9, 11].contains(month) ? 30 : 31
    }

    /// Proleptic Gregorian day number; years begin in March so that the leap day comes last.
    private static func daysSince1970(year: Int, month: Int, day: Int) -> Int {
        let marchYear = month > 2 ? year : year - 1
        let marchMonth = (month + 9) % 12
        let leapDays = marchYear / 4 - marchYear / 100 + marchYear / 400
        return marchYear * 365 + leapDays + (marchMonth * 153 + 2) / 5 + day - 1 - 719_468
    }

    private struct Cursor {
        var bytes: ArraySlice<UInt8>

        var isAtEnd: Bool { bytes.isEmpty }

        mutating func take(_ character: Unicode.Scalar) -> Bool {
            guard bytes.first == UInt8(ascii: character) else { return false }
            bytes.removeFirst()
            return true
        }

        mutating func digit() -> Int? {
            guard let byte = bytes.first, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
            bytes.removeFirst()
            return Int(byte - UInt8(ascii: "0"))
        }

        mutating func number(digits: Int) -> Int? {
            var value = 0
            for _ in 0..<digits {
                guard let digit = digit() else { return nil }
                value = value * 10 + digit
            }
            return value
        }

        /// ".25" as 0.25; no fraction is 0; a point without digits is malformed.
        mutating func fraction() -> Double? {
            guard take(".") else { return 0 }
            var numerator = 0.0
            var denominator = 1.0
            var digitCount = 0
            while let digit = digit() {
                digitCount += 1
                // Beyond a nanosecond digits are read but carry nothing.
                guard digitCount <= 9 else { continue }
                numerator = numerator * 10 + Double(digit)
                denominator *= 10
            }
            return digitCount == 0 ? nil : numerator / denominator
        }

        /// "Z" or "+08:00", in seconds east.
        mutating func offset() -> Int? {
            if take("Z") || take("z") { return 0 }
            let sign: Int
            if take("+") { sign = 1 } else if take("-") { sign = -1 } else { return nil }
            guard let hours = number(digits: 2), hours < 24, take(":"), let minutes = number(digits: 2), minutes < 60
            else { return nil }
            return sign * (hours * 3_600 + minutes * 60)
        }
    }
}
