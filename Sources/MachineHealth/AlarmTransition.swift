// One step of an alarm from a state to the next: a row of its history.
import Foundation

/// A change of an alarm's state.
public struct AlarmTransition: Hashable, Sendable, Codable {
    /// The machine.
    public let machine: String
    /// The fault label.
    public let label: LabelID
    /// The alarm instance after the step.
    public let alarmID: UUID
    /// The instance it takes the place of: set where an alarm is raised again before it was acknowledged.
    public let replacedAlarmID: UUID?
    /// State before.
    public let from: AlarmState
    /// State after.
    public let to: AlarmState
    /// When: the end of the deciding window, or the command's time.
    public let time: Date
    /// Who did it, for operator actions.
    public let user: String?
    /// The operator's comment.
    public let comment: String?

    /// Makes a transition.
    public init(
        machine: String,
        label: LabelID,
        alarmID: UUID,
        replacedAlarmID: UUID? = nil,
        from: AlarmState,
        to: AlarmState,
        time: Date,
        user: String? = nil,
        comment: String? = nil
    ) {
        self.machine = machine
        self.label = label
        self.alarmID = alarmID
        self.replacedAlarmID = replacedAlarmID
        self.from = from
        self.to = to
        self.time = time
        self.user = user
        self.comment = comment
    }
}
