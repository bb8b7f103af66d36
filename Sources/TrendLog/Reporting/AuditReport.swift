// The audit trail as a table and as JSON.
import Foundation
import MachineHealth

/// Prints what operators ordered.
public enum AuditReport {
    /// Rows as JSON, newest first.
    public static func json(_ actions: [OperatorAction]) throws -> String {
        try ReportJSON.text(actions.map(AuditEntry.init))
    }

    /// Rows as a table.
    public static func lines(_ actions: [OperatorAction], style: ReportStyle) -> [String] {
        guard !actions.isEmpty else { return ["Nothing was ordered."] }
        var table = TextTable([
            ("TIME \(style.zoneName(at: style.now))", .left), ("WHO", .left), ("FROM", .left), ("COMMAND", .left),
            ("ALARM", .left), ("OUTCOME", .left), ("COMMENT", .left),
        ])
        for action in actions {
            let alarm = [action.machine, action.label?.rawValue].compactMap { $0 }.joined(separator: " ")
            table.add([
                style.time(action.time), action.user, action.origin, action.command,
                alarm.isEmpty ? action.alarmID?.text ?? "-" : alarm,
                action.isDone ? action.outcome : "refused: \(action.outcome)", action.comment ?? "-",
            ])
        }
        return table.lines(width: max(style.width, 80), flexible: 5)
    }
}

/// One row of the audit trail as JSON tells it.
public struct AuditEntry: Encodable, Sendable {
    let time: Date
    let command: String
    let machine: String?
    let label: String?
    let alarmID: String?
    let user: String
    let origin: String
    let comment: String?
    let ok: Bool
    let outcome: String

    enum CodingKeys: String, CodingKey {
        case time, command, machine, label, user, origin, comment, ok, outcome
        case alarmID = "alarm_id"
    }

    /// A row.
    public init(_ action: OperatorAction) {
        time = action.time
        command = action.command
        machine = action.machine
        label = action.label?.rawValue
        alarmID = action.alarmID?.text
        user = action.user
        origin = action.origin
        comment = action.comment
        ok = action.isDone
        outcome = action.outcome
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(time, forKey: .time)
        try container.encode(command, forKey: .command)
        try container.encode(machine, forKey: .machine)
        try container.encode(label, forKey: .label)
        try container.encode(alarmID, forKey: .alarmID)
        try container.encode(user, forKey: .user)
        try container.encode(origin, forKey: .origin)
        try container.encode(comment, forKey: .comment)
        try container.encode(ok, forKey: .ok)
        try container.encode(outcome, forKey: .outcome)
    }
}
