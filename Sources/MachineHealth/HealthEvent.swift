// Something that happened to a machine, as told to the outside: one immutable event with an id of its own.
import Foundation

/// What happened.
public enum HealthEventType: String, Sendable, Codable, CaseIterable {
    case faultRaised = "fault_raised"
    case faultCleared = "fault_cleared"
    case acknowledged
    /// A fault arose while its alarm was hidden: noted, not alarmed.
    case faultHidden = "fault_hidden"
    /// An acknowledged alarm asks again because its fault is still present.
    case faultRealarmed = "fault_realarmed"
    /// A standing alarm's severity rose.
    case faultEscalated = "fault_escalated"
    case shelved
    case unshelved
    /// A latched alarm was reset.
    case latchReset = "reset"
    case outOfService = "out_of_service"
    case inService = "in_service"
    /// The machine's context hides its alarms: it is stopped, or something disturbs.
    case alarmsSuppressed = "alarms_suppressed"
    /// Its alarms show again.
    case alarmsReleased = "alarms_released"
    case nearMiss = "near_miss"
    case streamLost = "stream_lost"
    case streamRestored = "stream_restored"
    case microphoneTrouble = "microphone_trouble"
    case microphoneRestored = "microphone_restored"
    /// A fault's confidence rises and will reach its rule within the configured time; advisory, told once per rise.
    case trendWarning = "trend_warning"
    /// A machine's normal sound was enrolled, or a proposal confirmed.
    case enrolled
    /// The service made a bank of normal sound that waits for an operator.
    case enrolmentProposed = "enrolment_proposed"
    /// An enrolment was taken back.
    case enrolmentUndone = "enrolment_undone"
}

/// One window that contributed to an event.
public struct EventWindow: Hashable, Sendable, Codable {
    /// First sample's time.
    public let start: Date
    /// The label's confidence in that window.
    public let confidence: Double

    /// Makes an event window.
    public init(start: Date, confidence: Double) {
        self.start = start
        self.confidence = confidence
    }
}

/// Between which times something is expected.
public struct ForecastInterval: Hashable, Sendable, Codable {
    /// Early end.
    public let earliest: Date
    /// Late end.
    public let latest: Date

    /// Makes an interval.
    public init(earliest: Date, latest: Date) {
        self.earliest = earliest
        self.latest = latest
    }
}

/// One event: committed to the trend log first, then published; redeliveries carry the same `id`.
public struct HealthEvent: Hashable, Sendable, Codable {
    /// Unique id, the same on every redelivery.
    public let id: UUID
    /// What happened.
    public let type: HealthEventType
    /// The machine.
    public let machine: String
    /// The fault label, where the event is about one.
    public let label: LabelID?
    /// Confidence of the label in the deciding window, where there is one.
    public let confidence: Double?
    /// Length of the run in windows, where there is one.
    public let consecutive: Int?
    /// The windows that led to it.
    public let windows: [EventWindow]
    /// Severity, where the event is about a fault.
    public let severity: Severity?
    /// When it happened: the end of the deciding window, or the command's time.
    public let time: Date
    /// The alarm instance it belongs to.
    public let alarmID: UUID?
    /// One plain English sentence.
    public let message: String
    /// Who did it, for operator actions.
    public let user: String?
    /// The operator's comment.
    public let comment: String?
    /// When the limit is reached, for warnings of a trend.
    public let forecast: ForecastInterval?

    /// Makes an event.
    public init(
        id: UUID,
        type: HealthEventType,
        machine: String,
        label: LabelID? = nil,
        confidence: Double? = nil,
        consecutive: Int? = nil,
        windows: [EventWindow] = [],
        severity: Severity? = nil,
        time: Date,
        alarmID: UUID? = nil,
        message: String,
        user: String? = nil,
        comment: String? = nil,
        forecast: ForecastInterval? = nil
    ) {
        self.id = id
        self.type = type
        self.machine = machine
        self.label = label
        self.confidence = confidence
        self.consecutive = consecutive
        self.windows = windows
        self.severity = severity
        self.time = time
        self.alarmID = alarmID
        self.message = message
        self.user = user
        self.comment = comment
        self.forecast = forecast
    }
}
