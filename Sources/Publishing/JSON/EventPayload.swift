// `ausculta/<site>/<machine>/event`: something happened, told once (or again with the same id).
import Foundation
import MachineHealth
import TrendLog

/// The JSON of an event topic.
public struct EventPayload: Hashable, Sendable, Codable {
    /// One window that led to the event.
    public struct Window: Hashable, Sendable, Codable {
        public var start: Date
        public var confidence: Double
    }

    /// The same on every redelivery.
    public var id: String
    public var type: HealthEventType
    public var machine: String
    public var site: String
    public var label: String?
    /// The label's English name.
    public var name: String?
    /// Its name per language code.
    public var names: [String: String]
    public var confidence: Double?
    public var consecutive: Int?
    public var windows: [Window]
    public var severity: Severity?
    public var time: Date
    public var alarmID: String?
    public var message: String
    /// Who did it, for operator actions.
    public var user: String?
    public var comment: String?
    /// When the limit is expected to be reached; of warnings of a trend only.
    public var forecast: ForecastInterval?

    enum CodingKeys: String, CodingKey {
        case id, type, machine, site, label, name, names, confidence, consecutive, windows, severity, time, message,
            user
        case comment, forecast
        case alarmID = "alarm_id"
    }

    /// The payload of an event.
    public init(_ event: HealthEvent, name: LocalizedName?, site: String) {
        id = event.id.text
        type = event.type
        machine = event.machine
        self.site = site
        label = event.label?.rawValue
        self.name = name?.text(in: "en") ?? event.label?.rawValue
        names = name?.names ?? [:]
        confidence = event.confidence.map(PayloadCoder.share)
        consecutive = event.consecutive
        windows = event.windows.map { Window(start: $0.start, confidence: PayloadCoder.share($0.confidence)) }
        severity = event.severity
        time = event.time
        alarmID = event.alarmID?.text
        message = event.message
        user = event.user
        comment = event.comment
        forecast = event.forecast
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(id, forKey: .id)
        try container.encode(type, forKey: .type)
        try container.encode(machine, forKey: .machine)
        try container.encode(site, forKey: .site)
        try container.encode(label, forKey: .label)
        try container.encode(name, forKey: .name)
        try container.encode(names, forKey: .names)
        try container.encode(confidence, forKey: .confidence)
        try container.encode(consecutive, forKey: .consecutive)
        try container.encode(windows, forKey: .windows)
        try container.encode(severity, forKey: .severity)
        try container.encode(time, forKey: .time)
        try container.encode(alarmID, forKey: .alarmID)
        try container.encode(message, forKey: .message)
        try container.encode(user, forKey: .user)
        try container.encode(comment, forKey: .comment)
        try container.encodeIfPresent(forecast, forKey: .forecast)
    }
}
