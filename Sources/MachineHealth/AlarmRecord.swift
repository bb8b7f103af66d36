// One alarm as it stands: what SCADA sees on a fault topic and what survives a restart.
import Foundation

/// The alarm of one fault label of one machine.
public struct AlarmRecord: Hashable, Sendable, Codable {
    /// The machine.
    public let machine: String
    /// The fault label.
    public let label: LabelID
    /// Where it stands.
    public var state: AlarmState
    /// The instance: a new id each time the alarm is raised (also when it comes back unacknowledged); nil before the first.
    public var alarmID: UUID?
    /// When the present state began.
    public var since: Date
    /// The label's confidence in the last classified window.
    public var confidence: Double
    /// Length of the present run of counting windows.
    public var consecutive: Int
    /// Length of the present run of clear windows.
    public var clearWindows: Int
    /// Windows a run needs.
    public var required: Int
    /// Severity.
    public var severity: Severity
    /// Whether the machine is heard at present.
    public var quality: Quality

    /// Makes a record.
    public init(
        machine: String,
        label: LabelID,
        state: AlarmState = .normal,
        alarmID: UUID? = nil,
        since: Date,
        confidence: Double = 0,
        consecutive: Int = 0,
        clearWindows: Int = 0,
        required: Int,
        severity: Severity,
        quality: Quality = .good
    ) {
        self.machine = machine
        self.label = label
        self.state = state
        self.alarmID = alarmID
        self.since = since
        self.confidence = confidence
        self.consecutive = consecutive
        self.clearWindows = clearWindows
        self.required = required
        self.severity = severity
        self.quality = quality
    }
}
