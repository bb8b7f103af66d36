// Times as text: RFC 3339 in UTC with milliseconds out, the usual variants in.
// https://www.rfc-editor.org/rfc/rfc3339
import Foundation

/// Writes and reads RFC 3339 times, exact to the millisecond.
public enum RFC3339 {
    /// "2026-11-22T10:00:00.000Z".
    public static func text(_ date: Date) -> String {
        let milliseconds = date.millisecondsSince1970
        let day = milliseconds.bucketStart(milliseconds: 86_400_000)
        let ofDay = milliseconds - day
        let (year, month, dayOfMonth) = civil(day: day / 86_400_000)
        return "\(digits(year, 4))-\(digits(month, 2))-\(digits(dayOfMonth, 2))T\(digits(ofDay / 3_600_000, 2)):"
            + "\(digits(ofDay / 60_000 % 60, 2)):\(digits(ofDay / 1_000 % 60, 2)).\(digits(ofDay % 1_000, 3))Z"
    }

    /// Reads a time with an offset or Z; fractions of any length, 'T', 't' or a space between date and time.
    public static func date(_ text: String) -> Date? {
        guard let parsed = ParsedTime(text), let offset = parsed.offsetSeconds else { return nil }
        return parsed.date(offsetSeconds: offset)
    }

    /// Reads a time that may lack an offset, seconds or its time of day ("2026-11-22 10:00"), taken in `timeZone` then.
    public static func date(_ text: String, in timeZone: TimeZone) -> Date? {
        guard let parsed = ParsedTime(text) else { return nil }
        if let offset = parsed.offsetSeconds { return parsed.date(offsetSeconds: offset) }
        // Twice, because the offset depends on the moment asked for: near a change of clocks the first guess may miss.
        let guess = parsed.date(offsetSeconds: timeZone.secondsFromGMT(for: parsed.date(offsetSeconds: 0)))
        return parsed.date(offsetSeconds: timeZone.secondsFromGMT(for: guess))
    }

    private static func digits(_ value: Int64, _ width: Int) -> String {
        let text = String(value.magnitude)
        return (value < 0 ? "-" : "") + String(repeating: "0", count: max(0, width - text.count)) + text
    }

    /// Calendar date of a day counted from 1970 (proleptic Gregorian; years begin in March so that leap days come last).
    private static func civil(day: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = day + 719_468
        let era = shifted.bucketStart(milliseconds: 146_097) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }

    /// Days from 1970 to a calendar date.
    fileprivate static func day(year: Int64, month: Int64, day: Int64) -> Int64 {
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = shiftedYear.bucketStart(milliseconds: 400) / 400
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}

/// The parts of a written time.
private struct ParsedTime {
    private var milliseconds: Int64
    /// Seconds east of UTC; nil where the text says nothing.
    private(set) var offsetSeconds: Int?

    init?(_ text: String) {
        let pattern =
            /(\d{4})-(\d\d)-(\d\d)(?:[Tt ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(?:([Zz])|([+-])(\d\d):(\d\d))?)?/
        guard let match = text.wholeMatch(of: pattern)?.output,
            let year = Int64(match.1), let month = Int64(match.2), let day = Int64(match.3),
            (1...12).contains(month), (1...Self.days(in: month, year: year)).contains(day)
        else { return nil }
        let hour = match.4.flatMap { Int64($0) } ?? 0
        let minute = match.5.flatMap { Int64($0) } ?? 0
        // A leap second is read as the next second's beginning.
        let second = match.6.flatMap { Int64($0) } ?? 0
        guard hour < 24, minute < 60, second <= 60 else { return nil }
        let fraction = match.7.flatMap { Double("0.\($0)") } ?? 0
        let seconds = RFC3339.day(year: year, month: month, day: day) * 86_400 + hour * 3_600 + minute * 60 + second
        milliseconds = seconds * 1_000 + Int64((fraction * 1_000).rounded())
        if match.8 != nil {
            offsetSeconds = 0
        } else if let sign = match.9, let hours = match.10.flatMap({ Int($0) }),
            let minutes = match.11.flatMap({ Int($0) })
        {
            guard hours < 24, minutes < 60 else { return nil }
            offsetSeconds = (sign == "-" ? -1 : 1) * (hours * 3_600 + minutes * 60)
        }
    }

    func date(offsetSeconds: Int) -> Date {
        Date(millisecondsSince1970: milliseconds - Int64(offsetSeconds) * 1_000)
    }

    private static func days(in month: Int64, year: Int64) -> Int64 {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}
