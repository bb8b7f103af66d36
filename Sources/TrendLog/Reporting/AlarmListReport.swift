// `ausculta alarms list`: what stands, the worst first.
import Foundation
import MachineHealth

/// Writes the list of alarms.
public enum AlarmListReport {
    /// The report's lines.
    ///
    /// - Parameter labels: names by machine.
    public static func lines(
        _ alarms: [AlarmRecord],
        labels: [String: [StoredLabel]],
        style: ReportStyle
    ) -> [String] {
        guard !alarms.isEmpty else { return ["No alarm stands."] }
        var table = TextTable([
            ("ALARM ID", .left), ("MACHINE", .left), ("FAULT", .left), ("STATE", .left), ("SEVERITY", .left),
            ("CONF", .right), ("SINCE \(style.zoneName(at: style.now))", .left), ("HEARD", .left),
        ])
        for alarm in ordered(alarms) {
            table.add([
                alarm.alarmID?.text ?? "-", alarm.machine, style.name(alarm.label, labels: labels[alarm.machine] ?? []),
                state(alarm, style), alarm.severity.rawValue, ReportStyle.confidence(alarm.confidence),
                style.time(alarm.since), alarm.quality == .good ? "yes" : "no (stale)",
            ])
        }
        return table.lines(width: max(style.width, 60), flexible: 2)
    }

    private static func state(_ alarm: AlarmRecord, _ style: ReportStyle) -> String {
        let until = alarm.state == .shelved ? alarm.hiding?.shelf?.until : nil
        let cause = alarm.state == .suppressed ? alarm.hiding?.suppression?.cause : nil
        return alarm.state.rawValue + (until.map { " until \(style.time($0))" } ?? "")
            + (cause.map { " (\($0.rawValue))" } ?? "")
    }

    /// Alarms as JSON, for `--json`.
    public static func json(_ alarms: [AlarmRecord]) throws -> String {
        try ReportJSON.text(ordered(alarms).map(AlarmListEntry.init))
    }

    private static func ordered(_ alarms: [AlarmRecord]) -> [AlarmRecord] {
        alarms.sorted { left, right in
            if left.state.isActive != right.state.isActive { return left.state.isActive }
            if left.severity != right.severity { return left.severity > right.severity }
            if left.since != right.since { return left.since > right.since }
            return (left.machine, left.label) < (right.machine, right.label)
        }
    }
}

/// One alarm in `alarms list --json`; keys as on the fault topic.
struct AlarmListEntry: Codable {
    var machine: String
    var label: String
    var active: Bool
    var state: AlarmState
    var alarmID: String?
    var since: Date
    var confidence: Double
    var consecutive: Int
    var required: Int
    var severity: Severity
    var quality: Quality
    var priority: AlarmPriority
    /// When a shelf ends by itself.
    var shelvedUntil: Date?
    /// Why the machine's context suppresses it.
    var suppressedBy: SuppressionCause?

    enum CodingKeys: String, CodingKey {
        case machine, label, active, state, since, confidence, consecutive, required, severity, quality, priority
        case shelvedUntil = "shelved_until"
        case suppressedBy = "suppressed_by"
        case alarmID = "alarm_id"
    }

    init(_ alarm: AlarmRecord) {
        machine = alarm.machine
        label = alarm.label.rawValue
        active = alarm.state.isActive
        state = alarm.state
        alarmID = alarm.alarmID?.text
        since = alarm.since
        confidence = alarm.confidence
        consecutive = alarm.consecutive
        required = alarm.required
        severity = alarm.severity
        quality = alarm.quality
        priority = alarm.priority
        shelvedUntil = alarm.hiding?.shelf?.until
        suppressedBy = alarm.hiding?.suppression?.cause
    }
}
