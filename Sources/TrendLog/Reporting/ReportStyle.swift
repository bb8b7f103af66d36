// What reports need to know of their reader: language, time zone, width and the present time.
import Foundation
import MachineHealth

/// How a report is written.
public struct ReportStyle: Sendable {
    /// The language of label names.
    public enum Language: String, Sendable, CaseIterable {
        case english = "en"
        case chinese = "zh"
        /// English and Chinese side by side.
        case both
    }

    /// Language of label names.
    public var language: Language
    /// Time zone of printed times.
    public var timeZone: TimeZone
    /// Columns of the terminal.
    public var width: Int
    /// The present time.
    public var now: Date

    /// Makes a style.
    public init(language: Language = .both, timeZone: TimeZone, width: Int = 100, now: Date) {
        self.language = language
        self.timeZone = timeZone
        self.width = max(40, width)
        self.now = now
    }

    /// A label's name, or its id where it has none.
    func name(_ id: LabelID, labels: [StoredLabel]) -> String {
        guard let name = labels.first(where: { $0.id == id })?.name else { return id.rawValue }
        let text = language == .both ? name.bilingual : name.text(in: language.rawValue) ?? ""
        return text.isEmpty ? id.rawValue : text.singleLine
    }

    /// "2026-11-22 10:00:05".
    public func time(_ date: Date) -> String {
        let offset = Int64(timeZone.secondsFromGMT(for: date)) * 1_000
        let text = RFC3339.text(Date(millisecondsSince1970: date.millisecondsSince1970 + offset))
        return "\(text.prefix(10)) \(text.dropFirst(11).prefix(8))"
    }

    /// "10:00", or "11-22 10:00" where the range is longer than a day, or "2026-11-22" beyond a month.
    func shortTime(_ date: Date, rangeSeconds: Double) -> String {
        let text = time(date)
        if rangeSeconds > 31 * 86_400 { return String(text.prefix(10)) }
        return String(rangeSeconds > 86_400 ? text.dropFirst(5).prefix(11) : text.dropFirst(11).prefix(5))
    }

    /// The zone's name as printed once per report ("UTC", "UTC+08:00").
    public func zoneName(at date: Date) -> String {
        let minutes = timeZone.secondsFromGMT(for: date) / 60
        guard minutes != 0 else { return "UTC" }
        let digits = { (value: Int) in value < 10 ? "0\(value)" : "\(value)" }
        return "UTC\(minutes < 0 ? "-" : "+")\(digits(abs(minutes) / 60)):\(digits(abs(minutes) % 60))"
    }

    /// "12 s ago", "3 min ago", "2 h ago", "5 d ago"; "just now" for times ahead of the clock too.
    func age(_ date: Date) -> String {
        let seconds = now.timeIntervalSince(date)
        switch seconds {
        case ..<2: return "just now"
        case ..<120: return "\(Int(seconds)) s ago"
        case ..<7_200: return "\(Int(seconds / 60)) min ago"
        case ..<172_800: return "\(Int(seconds / 3_600)) h ago"
        default: return "\(Int(seconds / 86_400)) d ago"
        }
    }

    /// "0.87".
    static func confidence(_ value: Double?) -> String {
        guard let value, value.isFinite else { return "-" }
        let hundredths = Int((value * 100).rounded())
        return "\(hundredths / 100).\(hundredths % 100 < 10 ? "0" : "")\(hundredths % 100)"
    }

    /// "-31.5".
    static func level(_ value: Double?) -> String {
        guard let value, value.isFinite else { return "-" }
        let tenths = Int((abs(value) * 10).rounded())
        return "\(value < 0 && tenths > 0 ? "-" : "")\(tenths / 10).\(tenths % 10)"
    }
}
