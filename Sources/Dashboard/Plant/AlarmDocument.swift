// An alarm as the API tells it: in the list, in live updates, with its history.
import Foundation
import MachineHealth
import Publishing
import TrendLog

/// One alarm instance.
struct AlarmDocument: Encodable, Sendable {
    struct Acknowledgement: Encodable, Sendable {
        let time: Date
        @OrNull var user: String?
        @OrNull var comment: String?
    }

    let alarmID: String
    let machine: String
    let machineName: Words
    let label: String
    let name: Words
    let state: AlarmState
    /// Whether it stands: the fault is present, or it went and nobody has acknowledged it yet. `state=active` lists the
    /// same alarms; whether the fault is over says `cleared`.
    let active: Bool
    let severity: Severity
    let raised: Date
    @OrNull var cleared: Date?
    @OrNull var acknowledged: Acknowledgement?
    @OrNull var confidence: Double?
    @OrNull var consecutive: Int?
    @OrNull var required: Int?
    let quality: Quality
    let priority: AlarmPriority
    /// What an operator has to do; nil where the label does not say.
    @OrNull var action: Words?
    /// What hides it; nil where it shows or is over.
    @OrNull var hidden: FaultPayload.Hidden?
    let durationS: Double
    /// How many; nil where the clips themselves are told instead.
    var clips: Int?

    /// - Parameters:
    ///   - machine: nil where it is configured no more; its id is its name then.
    ///   - names: label names as stored, for labels the machine has no more.
    init(_ alarm: StoredAlarm, machine: LiveMachine?, names: [LabelID: LocalizedName] = [:], clips: Int, now: Date) {
        alarmID = alarm.alarmID.text
        self.machine = alarm.machine
        machineName = Words(machine?.description.name, id: alarm.machine)
        label = alarm.label.rawValue
        name = Words(
            machine?.description.vocabulary[alarm.label]?.name ?? names[alarm.label],
            id: alarm.label.rawValue
        )
        state = alarm.state
        active = alarm.isStanding
        severity = alarm.severity
        raised = alarm.raised
        cleared = alarm.cleared
        acknowledged = alarm.acknowledged.map {
            Acknowledgement(time: $0.time, user: $0.user, comment: $0.comment)
        }
        confidence = alarm.confidence?.share
        consecutive = alarm.consecutive
        required = alarm.required ?? alarm.consecutive
        quality = alarm.quality
        let record = machine?.records.first { $0.alarmID == alarm.alarmID }
        priority = record?.priority ?? AlarmPriority(alarm.severity)
        action = machine?.description.vocabulary[alarm.label]?.action.map { Words($0, id: "") }
        hidden = record?.hiding.map(FaultPayload.Hidden.init)
        durationS = max(0, (alarm.cleared ?? now).timeIntervalSince(alarm.raised)).rounded(decimals: 3) ?? 0
        self.clips = clips
    }
}

/// An alarm with what led to it and what became of it.
struct AlarmDetail: Encodable, Sendable {
    struct Window: Encodable, Sendable {
        let start: Date
        let end: Date
        let confidence: Double
        let scores: [String: Double]
    }

    struct Step: Encodable, Sendable {
        let from: AlarmState
        let to: AlarmState
        let time: Date
        @OrNull var user: String?
        @OrNull var comment: String?
    }

    private enum CodingKeys: String, CodingKey {
        case message, windows, clips, transitions
    }

    let alarm: AlarmDocument
    let message: String?
    let windows: [Window]
    let clips: [any Encodable & Sendable]
    let transitions: [Step]

    func encode(to encoder: any Encoder) throws {
        try alarm.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(message, forKey: .message)
        try container.encode(windows, forKey: .windows)
        try container.encode(transitions, forKey: .transitions)
        var list = container.nestedUnkeyedContainer(forKey: .clips)
        for clip in clips { try list.encode(clip) }
    }
}

/// Kept sound by alarm; whoever keeps it answers.
public protocol AlarmClips: Sendable {
    /// How many clips each of some alarms has; those without may be absent.
    func counts(of alarms: [UUID]) async throws -> [UUID: Int]

    /// An alarm's clips as the API tells them, oldest first.
    func clips(of alarm: UUID) async throws -> [any Encodable & Sendable]
}

/// No sound is kept.
public struct NoAlarmClips: AlarmClips {
    public init() {}
    public func counts(of alarms: [UUID]) async throws -> [UUID: Int] { [:] }
    public func clips(of alarm: UUID) async throws -> [any Encodable & Sendable] { [] }
}
