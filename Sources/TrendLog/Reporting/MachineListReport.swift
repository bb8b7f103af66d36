// `ausculta trend list`: every machine in one line, the ones in trouble first.
import Foundation
import MachineHealth

/// Writes the list of machines.
public enum MachineListReport {
    /// The report's lines.
    public static func lines(_ machines: [MachineSummary], style: ReportStyle) -> [String] {
        guard !machines.isEmpty else { return ["The trend log has no machines yet."] }
        var table = TextTable([
            ("MACHINE", .left), ("TOP LABEL", .left), ("CONF", .right), ("dBFS", .right), ("LAST WINDOW", .left),
            ("WINDOWS", .right), ("ALARMS", .left),
        ])
        for machine in ordered(machines) {
            table.add([
                machine.machine,
                label(machine, style: style),
                ReportStyle.confidence(machine.latest?.confidence),
                ReportStyle.level(machine.latest?.levelDBFS),
                machine.latest.map { style.age($0.end) } ?? "never",
                String(machine.windows),
                machine.standingAlarms.map { "\($0.label) \($0.state.rawValue)" }.joined(separator: ", "),
            ])
        }
        return table.lines(width: style.width, flexible: 1)
    }

    /// Machines as JSON values, for `--json`.
    public static func json(_ machines: [MachineSummary]) throws -> String {
        try ReportJSON.text(machines.map(MachineListEntry.init))
    }

    private static func ordered(_ machines: [MachineSummary]) -> [MachineSummary] {
        func rank(_ machine: MachineSummary) -> (Int, Int) {
            let active = machine.standingAlarms.filter(\.state.isActive)
            return (active.isEmpty ? 0 : 1, machine.standingAlarms.isEmpty ? 0 : 1)
        }
        return machines.sorted { left, right in
            rank(left) == rank(right) ? left.machine < right.machine : rank(left) > rank(right)
        }
    }

    /// The newest window's label, and that it is not certain where it is not.
    private static func label(_ machine: MachineSummary, style: ReportStyle) -> String {
        guard let latest = machine.latest else { return "-" }
        guard let top = latest.top else { return latest.verdict }
        let name = style.name(top, labels: machine.labels)
        return latest.verdict == top.rawValue ? name : "\(latest.verdict) (\(name))"
    }
}

/// One machine in `trend list --json`.
struct MachineListEntry: Codable {
    struct Alarm: Codable {
        var label: String
        var state: AlarmState
        var alarmID: String?
        var severity: Severity
        var since: Date

        enum CodingKeys: String, CodingKey {
            case label, state, severity, since
            case alarmID = "alarm_id"
        }
    }

    var machine: String
    var site: String
    var profile: String
    var windows: Int
    var firstWindow: Date?
    var lastWindow: Date?
    var topLabel: String?
    var confidence: Double?
    var verdict: String?
    var levelDBFS: Double?
    var alarms: [Alarm]

    enum CodingKeys: String, CodingKey {
        case machine, site, profile, windows, confidence, verdict, alarms
        case firstWindow = "first_window"
        case lastWindow = "last_window"
        case topLabel = "top_label"
        case levelDBFS = "level_dbfs"
    }

    init(_ summary: MachineSummary) {
        machine = summary.machine
        site = summary.site
        profile = summary.profile
        windows = summary.windows
        firstWindow = summary.firstStart
        lastWindow = summary.latest?.end
        topLabel = summary.latest?.top?.rawValue
        confidence = summary.latest?.confidence
        verdict = summary.latest?.verdict
        levelDBFS = summary.latest?.levelDBFS
        alarms = summary.standingAlarms.map {
            Alarm(
                label: $0.label.rawValue,
                state: $0.state,
                alarmID: $0.alarmID?.text,
                severity: $0.severity,
                since: $0.since
            )
        }
    }
}

/// Results as JSON for the terminal: indented, sorted keys, RFC 3339 times.
enum ReportJSON {
    static func text(_ value: some Encodable, pretty: Bool = true) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        if pretty { encoder.outputFormatting.insert(.prettyPrinted) }
        encoder.dateEncodingStrategy = .custom { date, encoder in
            var container = encoder.singleValueContainer()
            try container.encode(RFC3339.text(date))
        }
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}
