// `ausculta/<site>/<machine>/state`: how a machine is now, retained.
import Foundation
import MachineHealth
import TrendLog

/// A machine's stream of sound, as the intake counts it.
public struct StreamStatus: Hashable, Sendable {
    /// Chunks of sound that were lost or refused since the service started.
    public var droppedChunks: Int
    /// When the newest chunk came.
    public var lastChunk: Date?
    /// One in so many windows is judged; 1 judges all, more means that the box is overloaded.
    public var hopStretch: Int
    /// Gaps found in the sound since the service started.
    public var gaps: Int

    /// Makes a status.
    public init(droppedChunks: Int = 0, lastChunk: Date? = nil, hopStretch: Int = 1, gaps: Int = 0) {
        self.droppedChunks = droppedChunks
        self.lastChunk = lastChunk
        self.hopStretch = hopStretch
        self.gaps = gaps
    }
}

/// The JSON of a state topic.
public struct StatePayload: Hashable, Sendable, Codable {
    /// One alarm that asks for attention, or would if nothing hid it.
    public struct Alarm: Hashable, Sendable, Codable {
        public var alarmID: String
        public var label: String
        public var state: AlarmState
        public var severity: Severity
        public var since: Date

        enum CodingKeys: String, CodingKey {
            case label, state, severity, since
            case alarmID = "alarm_id"
        }
    }

    /// The stream of sound.
    public struct Stream: Hashable, Sendable, Codable {
        public var online: Bool
        public var levelDBFS: Double?
        public var droppedChunks: Int
        public var lastChunk: Date?
        public var hopStretch: Int
        /// What is wrong with the microphone; null where it is well.
        public var trouble: MicrophoneTrouble?

        enum CodingKeys: String, CodingKey {
            case online, trouble
            case levelDBFS = "level_dbfs"
            case droppedChunks = "dropped_chunks"
            case lastChunk = "last_chunk"
            case hopStretch = "hop_stretch"
        }

        public func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(online, forKey: .online)
            try container.encode(levelDBFS, forKey: .levelDBFS)
            try container.encode(droppedChunks, forKey: .droppedChunks)
            try container.encode(lastChunk, forKey: .lastChunk)
            try container.encode(hopStretch, forKey: .hopStretch)
            try container.encode(trouble, forKey: .trouble)
        }
    }

    public var machine: String
    public var site: String
    public var state: MachineGrade
    /// 0...100; null before the first determined window.
    public var health: Int?
    public var topLabel: String?
    public var topConfidence: Double?
    public var verdict: String?
    /// Distance of the last judged window from the machine's normal sound; null where none is enrolled.
    public var novelty: NoveltyPayload?
    public var activeAlarms: [Alarm]
    public var stream: Stream
    public var quality: Quality
    public var updated: Date
    /// Trends of its faults; absent where none are followed.
    public var trend: [TrendPayload]?
    /// Why the machine's alarms are suppressed at present; null where they are not.
    public var suppressedBy: SuppressionCause?

    enum CodingKeys: String, CodingKey {
        case machine, site, state, health, verdict, novelty, stream, quality, updated, trend
        case suppressedBy = "suppressed_by"
        case topLabel = "top_label"
        case topConfidence = "top_confidence"
        case activeAlarms = "active_alarms"
    }

    /// The payload of a machine's health.
    public init(
        _ health: MachineHealthState,
        stream status: StreamStatus,
        site: String,
        outlook: MachineOutlook? = nil
    ) {
        machine = health.machine
        self.site = site
        state = health.grade
        self.health = health.health
        topLabel = health.topLabel?.rawValue
        topConfidence = health.topConfidence.map(PayloadCoder.share)
        verdict = health.verdict
        novelty = health.novelty.map(NoveltyPayload.init)
        activeAlarms = health.standingAlarms.map {
            Alarm(
                alarmID: $0.alarmID.text,
                label: $0.label.rawValue,
                state: $0.state,
                severity: $0.severity,
                since: $0.since
            )
        }
        stream = Stream(
            online: health.isOnline,
            levelDBFS: PayloadCoder.level(health.levelDBFS),
            droppedChunks: status.droppedChunks,
            lastChunk: status.lastChunk,
            hopStretch: status.hopStretch,
            trouble: health.trouble
        )
        quality = health.quality
        updated = health.updated
        trend = outlook?.readings.map(TrendPayload.init)
        suppressedBy = health.suppression
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(machine, forKey: .machine)
        try container.encode(site, forKey: .site)
        try container.encode(state, forKey: .state)
        try container.encode(health, forKey: .health)
        try container.encode(topLabel, forKey: .topLabel)
        try container.encode(topConfidence, forKey: .topConfidence)
        try container.encode(verdict, forKey: .verdict)
        try container.encode(novelty, forKey: .novelty)
        try container.encode(activeAlarms, forKey: .activeAlarms)
        try container.encode(stream, forKey: .stream)
        try container.encode(quality, forKey: .quality)
        try container.encode(updated, forKey: .updated)
        try container.encodeIfPresent(trend, forKey: .trend)
        try container.encode(suppressedBy, forKey: .suppressedBy)
    }
}
