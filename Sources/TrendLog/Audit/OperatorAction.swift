// One order of an operator and what became of it: a row of the audit trail.
import Foundation
import MachineHealth

/// What somebody ordered about an alarm: who, when, from where, and whether it was done.
public struct OperatorAction: Hashable, Sendable {
    /// When the service took it.
    public var time: Date
    /// The command's name, as on the command topic.
    public var command: String
    /// The machine, as far as it is known.
    public var machine: String?
    /// The fault label, as far as it is known.
    public var label: LabelID?
    /// The alarm instance it named.
    public var alarmID: UUID?
    /// Who ordered it; the origin where nobody said.
    public var user: String
    /// Where it came from: "mqtt TOPIC", "command line" or "http ADDRESS".
    public var origin: String
    /// What they noted.
    public var comment: String?
    /// Whether it was done.
    public var isDone: Bool
    /// What was done, or why it was not.
    public var outcome: String

    /// Makes a row.
    public init(
        time: Date,
        command: String,
        machine: String? = nil,
        label: LabelID? = nil,
        alarmID: UUID? = nil,
        user: String,
        origin: String,
        comment: String? = nil,
        isDone: Bool,
        outcome: String
    ) {
        self.time = time
        self.command = command
        self.machine = machine
        self.label = label
        self.alarmID = alarmID
        self.user = user
        self.origin = origin
        self.comment = comment
        self.isDone = isDone
        self.outcome = outcome
    }
}
