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
    /// How soon it wants an operator: the label's, or that of a severity it rose to.
    public var priority: AlarmPriority
    /// What the operator has to do, per language; nil where the label does not say.
    public var action: LocalizedName?
    /// What hides it; nil where it shows.
    public internal(set) var hiding: AlarmHiding?
    /// Its course since the fault arose.
    public internal(set) var course = AlarmCourse()

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
        quality: Quality = .good,
        priority: AlarmPriority? = nil,
        action: LocalizedName? = nil,
        hiding: AlarmHiding? = nil,
        course: AlarmCourse = AlarmCourse()
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
        self.priority = priority ?? AlarmPriority(severity)
        self.action = action
        self.hiding = hiding
        self.course = course
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        machine = try container.decode(String.self, forKey: .machine)
        label = try container.decode(LabelID.self, forKey: .label)
        state = try container.decode(AlarmState.self, forKey: .state)
        alarmID = try container.decodeIfPresent(UUID.self, forKey: .alarmID)
        since = try container.decode(Date.self, forKey: .since)
        confidence = try container.decode(Double.self, forKey: .confidence)
        consecutive = try container.decode(Int.self, forKey: .consecutive)
        clearWindows = try container.decode(Int.self, forKey: .clearWindows)
        required = try container.decode(Int.self, forKey: .required)
        severity = try container.decode(Severity.self, forKey: .severity)
        quality = try container.decode(Quality.self, forKey: .quality)
        // Not stored by versions without the whole state machine.
        priority =
            try container.decodeIfPresent(AlarmPriority.self, forKey: .priority) ?? AlarmPriority(severity)
        action = try container.decodeIfPresent(LocalizedName.self, forKey: .action)
        hiding = try container.decodeIfPresent(AlarmHiding.self, forKey: .hiding)
        course = try container.decodeIfPresent(AlarmCourse.self, forKey: .course) ?? AlarmCourse()
    }

    /// Where it stands with what hides it; nil where a stored record contradicts itself.
    public var situation: AlarmSituation? { AlarmSituation(state: state, hiding: hiding) }

    /// Whether the fault is present, shown or not.
    public var hasCondition: Bool { hiding?.hasCondition ?? state.isActive }

    /// Whether it asks, or would ask if nothing hid it, for somebody's attention.
    public var isStanding: Bool { hiding.map { $0.beneath != .normal || $0.hasArisen } ?? (state != .normal) }
}
