// `ausculta/<site>/<machine>/fault/<label>`: one retained tag per fault, the one SCADA reads.
import Foundation
import MachineHealth
import TrendLog

/// The JSON of a fault topic.
public struct FaultPayload: Hashable, Sendable, Codable {
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

    enum CodingKeys: String, CodingKey {
        case machine, site, label, name, names, active, state, confidence, consecutive, required, since, severity,
            quality
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
    }
}
