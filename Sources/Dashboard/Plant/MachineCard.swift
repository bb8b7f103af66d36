// A machine as the Plant page shows it, and what its own page adds.
import Foundation
import MachineHealth
import TrendLog

/// One card.
struct MachineCard: Encodable, Sendable {
    struct Alarm: Encodable, Sendable {
        let alarmID: String
        let label: String
        let name: Words
        let state: AlarmState
        let severity: Severity
        let since: Date
    }

    struct Stream: Encodable, Sendable {
        let online: Bool
        @OrNull var levelDBFS: Double?
        let droppedChunks: Int
        @OrNull var lastChunk: Date?
        let hopStretch: Int
    }

    struct Span: Encodable, Sendable {
        let start: Date
        let end: Date
    }

    struct Sparkline: Encodable, Sendable {
        let start: Date
        let stepS: Int
        let values: [Double?]
    }

    let id: String
    let name: Words
    let profile: String
    let state: MachineGrade
    @OrNull var health: Int?
    @OrNull var topLabel: String?
    @OrNull var topName: Words?
    @OrNull var topConfidence: Double?
    @OrNull var verdict: String?
    let activeAlarms: [Alarm]
    let stream: Stream
    @OrNull var lastWindow: Span?
    let updated: Date
    /// Absent in live updates.
    var sparkline: Sparkline?

    init(_ machine: LiveMachine, sparkline: Sparkline? = nil) {
        let health = machine.health
        id = machine.description.id
        name = Words(machine.description.name, id: id)
        profile = machine.description.vocabulary.profile
        state = health.grade
        self.health = health.health
        topLabel = health.topLabel?.rawValue
        topName = health.topLabel.map(machine.name)
        topConfidence = health.topConfidence?.share
        verdict = health.verdict
        activeAlarms = health.standingAlarms.map { alarm in
            Alarm(
                alarmID: alarm.alarmID.text,
                label: alarm.label.rawValue,
                name: machine.name(of: alarm.label),
                state: alarm.state,
                severity: alarm.severity,
                since: alarm.since
            )
        }
        stream = Stream(
            online: health.isOnline,
            levelDBFS: health.levelDBFS?.level,
            droppedChunks: machine.stream.droppedChunks,
            lastChunk: machine.stream.lastChunk,
            hopStretch: machine.stream.hopStretch
        )
        lastWindow = machine.recent.last.map { Span(start: $0.observation.start, end: $0.observation.end) }
        updated = health.updated
        self.sparkline = sparkline
    }
}

/// A machine's own page.
struct MachineDetail: Encodable, Sendable {
    struct Rule: Encodable, Sendable {
        let validAbove: Double
        let confidence: Double
        let consecutive: Int
        let clearAfter: Int
        let clearBelow: Double
    }

    struct LabelEntry: Encodable, Sendable {
        let id: String
        let name: Words
        let kind: LabelKind
        let severity: Severity
        let prompts: [String]
        @OrNull var rule: Rule?
    }

    struct Window: Encodable, Sendable {
        let lengthS: Double
        let hopS: Double
    }

    private enum CodingKeys: String, CodingKey {
        case labels, window, topic, capture, progress
    }

    let card: MachineCard
    let labels: [LabelEntry]
    let window: Window
    let topic: String
    let capture: Bool
    let progress: [RunProgress]

    init(_ machine: LiveMachine, sparkline: MachineCard.Sparkline?) {
        let description = machine.description
        card = MachineCard(machine, sparkline: sparkline)
        labels = description.vocabulary.labels.map { label in
            let rule = description.rules[label.id]
            return LabelEntry(
                id: label.id.rawValue,
                name: Words(label.name, id: label.id.rawValue),
                kind: label.kind,
                severity: label.severity,
                prompts: label.prompts,
                rule: label.kind != .fault
                    ? nil
                    : Rule(
                        validAbove: rule.validAbove,
                        confidence: rule.confidence,
                        consecutive: rule.consecutive,
                        clearAfter: rule.clearAfter,
                        clearBelow: rule.clearBelow
                    )
            )
        }
        window = Window(lengthS: description.windowLengthSeconds, hopS: description.hopSeconds)
        topic = description.topic
        capture = description.keepsSound
        progress = RunProgress.all(of: machine)
    }

    func encode(to encoder: any Encoder) throws {
        try card.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(labels, forKey: .labels)
        try container.encode(window, forKey: .window)
        try container.encode(topic, forKey: .topic)
        try container.encode(capture, forKey: .capture)
        try container.encode(progress, forKey: .progress)
    }
}

extension LiveMachine {
    /// How urgently somebody should look at it: the worst of its grade and of every alarm that stands.
    private var urgency: Int {
        let grade =
            switch health.grade {
            case .critical: 50
            case .warning: 40
            case .advisory: 30
            case .offline: 20
            case .unknown: 10
            case .normal: 0
            }
        let alarm =
            health.standingAlarms.map { alarm in
                let severity =
                    switch alarm.severity {
                    case .critical: 50
                    case .warning: 40
                    case .advisory: 30
                    }
                // A fault that is over and waits for its acknowledgement comes after one that is present.
                return alarm.state == .unackActive ? severity + 2 : alarm.state.isActive ? severity + 1 : 15
            }.max() ?? 0
        return max(grade, alarm)
    }

    /// The order of the Plant page: worst first, then the less healthy, then by id.
    static func worstFirst(_ left: LiveMachine, _ right: LiveMachine) -> Bool {
        let (first, second) = (left.urgency, right.urgency)
        if first != second { return first > second }
        let (leftHealth, rightHealth) = (left.health.health ?? 101, right.health.health ?? 101)
        if leftHealth != rightHealth { return leftHealth < rightHealth }
        return left.description.id < right.description.id
    }
}
