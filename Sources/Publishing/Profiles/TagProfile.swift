// One value a topic, for tools that bind a tag to a topic: FUXA, Ignition, Node-RED, Telegraf. docs/sparkplug.md
import Foundation
import MachineHealth
import TrendLog

/// `<prefix>/<machine>/<part>/<of what>/<value>`, retained, each `{"timestamp_ms":…,"value":…}`; always as many levels.
public struct TagProfile: RetainedProfile {
    /// First levels of every topic.
    public let prefix: String

    /// Makes the profile; the prefix is checked with the configuration.
    public init(prefix: String) {
        self.prefix = prefix
    }

    /// A tag's value.
    enum Value: Hashable, Encodable {
        case text(String)
        case number(Double)
        case whole(Int)
        case flag(Bool)

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .text(let value): try container.encode(value)
            case .number(let value): try container.encode(value)
            case .whole(let value): try container.encode(value)
            case .flag(let value): try container.encode(value)
            }
        }
    }

    private struct Payload: Encodable {
        let timestampMS: Int
        let value: Value?

        enum CodingKeys: String, CodingKey {
            case value
            case timestampMS = "timestamp_ms"
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(timestampMS, forKey: .timestampMS)
            // Null is a value here: a subscriber finds the key every time.
            try container.encode(value, forKey: .value)
        }
    }

    public func values(of picture: MachinePicture) throws -> [RetainedValue] {
        let time = Int((picture.time.timeIntervalSince1970 * 1_000).rounded())
        return try Self.tags(picture).map { name, value in
            RetainedValue(
                topic: "\(prefix)/\(picture.machine)/\(name)",
                payload: try PayloadCoder.encode(Payload(timestampMS: time, value: value)),
                identity: "\(String(describing: value))"
            )
        }
    }

    private static func tags(_ picture: MachinePicture) -> [(String, Value?)] {
        let health = picture.health
        let machine: [(String, Value?)] = [
            ("health/machine/state", .text(health.grade.rawValue)),
            ("health/machine/score", health.health.map { .whole($0) }),
            ("health/machine/top_label", health.topLabel.map { .text($0.rawValue) }),
            ("health/machine/confidence", health.topConfidence.map { .number(PayloadCoder.share($0)) }),
            ("health/machine/quality", .text(health.quality.rawValue)),
            ("stream/audio/online", .flag(health.isOnline)),
            ("stream/audio/level_dbfs", PayloadCoder.level(health.levelDBFS).map { .number($0) }),
            ("stream/audio/dropped_chunks", .whole(picture.stream.droppedChunks)),
        ]
        return machine + picture.records.flatMap(tags)
    }

    private static func tags(_ alarm: AlarmRecord) -> [(String, Value?)] {
        let values: [(String, Value?)] = [
            ("active", .flag(alarm.state.isActive)),
            ("state", .text(alarm.state.rawValue)),
            ("confidence", .number(PayloadCoder.share(alarm.confidence))),
            ("consecutive", .whole(alarm.consecutive)),
            ("severity", .text(alarm.severity.rawValue)),
            ("since", .text(RFC3339.text(alarm.since))),
            ("alarm_id", alarm.alarmID.map { .text($0.text) }),
            ("quality", .text(alarm.quality.rawValue)),
        ]
        return values.map { ("fault/\(alarm.label)/\($0.0)", $0.1) }
    }
}
