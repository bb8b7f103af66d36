// `ausculta/<site>/<machine>/fault/<label>`: one retained tag per fault, the one SCADA reads.
import Foundation
import MachineHealth
import TrendLog

/// The JSON of a fault topic.
public struct FaultPayload: Hashable, Sendable, Codable {
    /// What hides an alarm.
    public struct Hidden: Hashable, Sendable, Codable {
        /// When the shelf ends by itself; null where it is not shelved.
        public var shelvedUntil: Date?
        /// Whether the shelf ends with the fault.
        public var oneShot: Bool
        /// Why the machine's context suppresses it; null where it does not.
        public var suppressedBy: SuppressionCause?
        public var outOfService: Bool
        /// Who shelved it or took it out of service.
        public var user: String?
        public var comment: String?
        /// Whether the fault is present beneath.
        public var condition: Bool

        enum CodingKeys: String, CodingKey {
            case user, comment, condition
            case shelvedUntil = "shelved_until"
            case oneShot = "one_shot"
            case suppressedBy = "suppressed_by"
            case outOfService = "out_of_service"
        }

        /// What a record notes of it.
        public init(_ hiding: AlarmHiding) {
            shelvedUntil = hiding.shelf?.until
            oneShot = hiding.shelf?.isOneShot ?? false
            suppressedBy = hiding.suppression?.cause
            outOfService = hiding.outOfService != nil
            user = hiding.outOfService?.user ?? hiding.shelf?.user
            comment = hiding.outOfService.map(\.comment) ?? hiding.shelf?.comment
            condition = hiding.hasCondition
        }

        public func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(shelvedUntil, forKey: .shelvedUntil)
            try container.encode(oneShot, forKey: .oneShot)
            try container.encode(suppressedBy, forKey: .suppressedBy)
            try container.encode(outOfService, forKey: .outOfService)
            try container.encode(user, forKey: .user)
            try container.encode(comment, forKey: .comment)
            try container.encode(condition, forKey: .condition)
        }
    }

    public var machine: String
    public var site: String
    public var label: String
    /// The label's English name.
    public var name: String
    /// Its name per language code.
    public var names: [String: String]
    public var active: Bool
    public var state: AlarmState
    public var confidence: Double
    /// Length of the present run of windows.
    public var consecutive: Int
    /// Windows a run needs.
    public var required: Int
    /// When the present state began.
    public var since: Date
    public var severity: Severity
    /// The instance an acknowledgement must name; null before the first alarm.
    public var alarmID: String?
    public var quality: Quality
    public var priority: AlarmPriority?
    /// What an operator has to do, per language code; empty where the label does not say.
    public var action: [String: String]?
    /// What hides it; null where nothing does.
    public var hidden: Hidden?

    enum CodingKeys: String, CodingKey {
        case machine, site, label, name, names, active, state, confidence, consecutive, required, since, severity,
            quality, priority, action, hidden
        case alarmID = "alarm_id"
    }

    /// The payload of an alarm as it stands.
    public init(_ alarm: AlarmRecord, name: LocalizedName?, site: String) {
        machine = alarm.machine
        self.site = site
        label = alarm.label.rawValue
        self.name = name?.text(in: "en") ?? alarm.label.rawValue
        names = name?.names ?? [:]
        active = alarm.state.isActive
        state = alarm.state
        confidence = PayloadCoder.share(alarm.confidence)
        consecutive = alarm.consecutive
        required = alarm.required
        since = alarm.since
        severity = alarm.severity
        alarmID = alarm.alarmID?.text
        quality = alarm.quality
        priority = alarm.priority
        action = alarm.action?.names ?? [:]
        hidden = alarm.hiding.map(Hidden.init)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(machine, forKey: .machine)
        try container.encode(site, forKey: .site)
        try container.encode(label, forKey: .label)
        try container.encode(name, forKey: .name)
        try container.encode(names, forKey: .names)
        try container.encode(active, forKey: .active)
        try container.encode(state, forKey: .state)
        try container.encode(confidence, forKey: .confidence)
        try container.encode(consecutive, forKey: .consecutive)
        try container.encode(required, forKey: .required)
        try container.encode(since, forKey: .since)
        try container.encode(severity, forKey: .severity)
        try container.encode(alarmID, forKey: .alarmID)
        try container.encode(quality, forKey: .quality)
        try container.encode(priority, forKey: .priority)
        try container.encode(action, forKey: .action)
        try container.encode(hidden, forKey: .hidden)
    }
}
