// `ausculta alarms stats`: the key figures of alarms, as text and as JSON.
import Foundation
import MachineHealth

/// Writes the key figures.
public enum AlarmStatisticsReport {
    /// As JSON, for `--json`.
    public static func json(_ figures: AlarmStatistics) throws -> String {
        try ReportJSON.text(AlarmStatisticsDocument(figures))
    }

    /// As lines for people.
    public static func lines(_ figures: AlarmStatistics, style: ReportStyle) -> [String] {
        let hours = figures.until.timeIntervalSince(figures.since) / 3_600
        var lines = [
            "\(style.time(figures.since)) to \(style.time(figures.until)) \(style.zoneName(at: style.now))",
            "",
            "alarms         \(figures.count) in \(number(hours)) h, \(number(figures.perHour)) an hour, "
                + "\(figures.mostPerHour) in the busiest",
            "acknowledged   " + (figures.acknowledgeMedianSeconds.map { "after \(number($0)) s (median)" } ?? "none"),
            "now            " + states(figures),
            "",
            "floods         " + (figures.floods.isEmpty ? "none" : "\(figures.floods.count)")
                + " (\(AlarmStatistics.floodAlarms) in 10 min)",
        ]
        lines += figures.floods.suffix(10).map { flood in
            "  \(style.time(flood.start))  \(flood.count) alarms in \(number(flood.end.timeIntervalSince(flood.start))) s"
        }
        lines.append(
            "chattering     " + (figures.chattering.isEmpty ? "none" : "\(figures.chattering.count)")
                + " (\(AlarmStatistics.chatterSteps) steps a minute)"
        )
        lines += figures.chattering.map { chatter in
            "  \(name(chatter.source))  \(chatter.mostPerMinute) steps at \(style.time(chatter.at))"
        }
        lines.append(
            "standing       " + (figures.standing.isEmpty ? "none" : "\(figures.standing.count)")
                + " (longer than 24 h)"
        )
        lines += figures.standing.map { alarm in
            "  \(alarm.machine) \(alarm.label)  since \(style.time(alarm.course.conditionSince ?? alarm.since))"
        }
        if !figures.frequent.isEmpty { lines += ["", "most frequent"] }
        lines += figures.frequent.map { "  \($0.count)  \(name($0.source))" }
        return lines
    }

    private static func states(_ figures: AlarmStatistics) -> String {
        let shown = AlarmState.allCases.filter { $0 != .normal }.compactMap { state in
            figures.states[state].map { "\($0) \(state.rawValue)" }
        }
        return shown.isEmpty ? "all normal" : shown.joined(separator: ", ")
    }

    private static func name(_ source: AlarmStatistics.Source) -> String { "\(source.machine) \(source.label)" }

    private static func number(_ value: Double) -> String {
        let tenths = (value * 10).rounded() / 10
        return tenths == tenths.rounded() ? "\(Int(tenths))" : "\(tenths)"
    }
}

/// The key figures as JSON tells them, on the command line and over HTTP.
public struct AlarmStatisticsDocument: Encodable, Sendable {
    struct Flood: Encodable {
        let start: Date
        let end: Date
        let alarms: Int
    }

    struct Chatter: Encodable {
        let machine: String
        let label: String
        let stepsPerMinute: Int
        let at: Date

        enum CodingKeys: String, CodingKey {
            case machine, label, at
            case stepsPerMinute = "steps_per_minute"
        }
    }

    struct Frequent: Encodable {
        let machine: String
        let label: String
        let alarms: Int
    }

    struct Standing: Encodable {
        let machine: String
        let label: String
        let since: Date
    }

    let since: Date
    let until: Date
    let alarms: Int
    let perHour: Double
    let mostPerHour: Int
    let acknowledgeMedianS: Double?
    let floods: [Flood]
    let chattering: [Chatter]
    let standing: [Standing]
    let frequent: [Frequent]
    let states: [String: Int]

    enum CodingKeys: String, CodingKey {
        case since, until, alarms, floods, chattering, standing, frequent, states
        case perHour = "per_hour"
        case mostPerHour = "most_per_hour"
        case acknowledgeMedianS = "acknowledge_median_s"
    }

    /// The document of some figures.
    public init(_ figures: AlarmStatistics) {
        func rounded(_ value: Double) -> Double { (value * 1_000).rounded() / 1_000 }
        since = figures.since
        until = figures.until
        alarms = figures.count
        perHour = rounded(figures.perHour)
        mostPerHour = figures.mostPerHour
        acknowledgeMedianS = figures.acknowledgeMedianSeconds.map(rounded)
        floods = figures.floods.map { Flood(start: $0.start, end: $0.end, alarms: $0.count) }
        chattering = figures.chattering.map {
            Chatter(
                machine: $0.source.machine,
                label: $0.source.label.rawValue,
                stepsPerMinute: $0.mostPerMinute,
                at: $0.at
            )
        }
        standing = figures.standing.map {
            Standing(machine: $0.machine, label: $0.label.rawValue, since: $0.course.conditionSince ?? $0.since)
        }
        frequent = figures.frequent.map {
            Frequent(machine: $0.source.machine, label: $0.source.label.rawValue, alarms: $0.count)
        }
        states = Dictionary(uniqueKeysWithValues: figures.states.map { ($0.key.rawValue, $0.value) })
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(since, forKey: .since)
        try container.encode(until, forKey: .until)
        try container.encode(alarms, forKey: .alarms)
        try container.encode(perHour, forKey: .perHour)
        try container.encode(mostPerHour, forKey: .mostPerHour)
        try container.encode(acknowledgeMedianS, forKey: .acknowledgeMedianS)
        try container.encode(floods, forKey: .floods)
        try container.encode(chattering, forKey: .chattering)
        try container.encode(standing, forKey: .standing)
        try container.encode(frequent, forKey: .frequent)
        try container.encode(states, forKey: .states)
    }
}
