// One way of judging a machine's stored windows: a judge, a fresh monitor, and what came of them. A pure value.
import CLAP
import Dashboard
import Detection
import Foundation
import MachineHealth
import TrendLog

/// How a machine's windows are judged and followed in a replay.
struct ReplayCase: Sendable {
    let vocabulary: LabelVocabulary
    let rules: TrendRules
    let judge: WindowJudge
}

/// Follows stored windows the way the live service follows fresh ones.
struct ReplayLane: Sendable {
    let setting: ReplayCase
    /// Alarms in the order they were raised.
    private(set) var alarms: [ReplayAlarm] = []
    private(set) var nearMisses: [NearMiss] = []
    /// Windows per verdict.
    private(set) var verdicts: [String: Int] = [:]
    /// Windows per label on top.
    private(set) var wins: [LabelID: Int] = [:]
    /// Highest score per label.
    private(set) var highest: [LabelID: Double] = [:]
    private(set) var judged = 0
    private var monitor: MachineMonitor
    private let countsFrom: Date

    /// - Parameter countsFrom: windows before it only bring the monitor to where it would have been.
    init(machine: String, setting: ReplayCase, countsFrom: Date) {
        self.setting = setting
        self.countsFrom = countsFrom
        monitor = MachineMonitor(
            machine: machine,
            vocabulary: setting.vocabulary,
            rules: setting.rules,
            startingAt: countsFrom
        )
    }

    /// Judges a window and follows it.
    ///
    /// - Throws: `DetectionError` where the embedding does not fit the judge.
    mutating func take(_ window: StoredWindow, embedding: [Float], descriptor: [Float]) throws(DetectionError)
        -> Verdict
    {
        let judgement = try setting.judge.judge(embedding: embedding, descriptor: descriptor)
        let observation = Observation(
            machine: window.machine,
            start: window.start,
            end: window.end,
            scores: judgement.scores,
            levelDBFS: window.levelDBFS,
            missingFraction: window.missingFraction,
            quality: .good,
            rawScores: judgement.rawScores,
            novelty: judgement.novelty
        )
        let verdict = monitor.verdict(on: observation)
        note(monitor.observe(observation))
        guard window.start >= countsFrom else { return verdict }
        judged += 1
        verdicts[verdict.description, default: 0] += 1
        if let top = observation.top { wins[top.label, default: 0] += 1 }
        for score in observation.scores where score.confidence > highest[score.label] ?? 0 {
            highest[score.label] = score.confidence
        }
        return verdict
    }

    /// Follows a window that could not be classified.
    mutating func takeIncomplete(_ window: StoredWindow) {
        let observation = Observation(
            machine: window.machine,
            start: window.start,
            end: window.end,
            scores: [],
            levelDBFS: window.levelDBFS,
            missingFraction: window.missingFraction,
            quality: .incomplete
        )
        note(monitor.observe(observation))
    }

    /// What is doubtful about the labels, by what was heard.
    var advice: [LabelAdvice] {
        let labels = setting.vocabulary.labels.map { label in
            HeardLabel(
                name: label.name.text(in: "en") ?? label.id.rawValue,
                kind: label.kind,
                wins: wins[label.id] ?? 0,
                highest: highest[label.id] ?? 0
            )
        }
        return LabelAdvice.onHeard(labels, windows: judged, similarity: setting.judge.head.similarity)
    }

    /// The longest time a run of either kind takes by these rules, in seconds.
    static func longestRunSeconds(_ rules: TrendRules, hopSeconds: Double, windowSeconds: Double) -> Double {
        let windows = ([rules.machine] + rules.labels.values).map { max($0.consecutive, $0.clearAfter) }.max() ?? 1
        return windowSeconds + Double(windows) * hopSeconds
    }

    private mutating func note(_ actions: [HealthAction]) {
        for action in actions {
            switch action {
            case .event(let event) where event.type == .faultRaised:
                guard let label = event.label else { continue }
                alarms.append(ReplayAlarm(label: label.rawValue, raised: event.time))
            case .event(let event) where event.type == .faultCleared:
                guard let label = event.label,
                    let open = alarms.lastIndex(where: { $0.label == label.rawValue && $0.cleared == nil })
                else { continue }
                alarms[open].cleared = event.time
            case .nearMiss(let miss) where miss.time >= countsFrom:
                nearMisses.append(miss)
            default:
                continue
            }
        }
    }
}

extension ZeroShotHead {
    /// Cosine of every label with every other.
    var similarity: [[Double]] {
        labelEmbeddings.map { one in
            labelEmbeddings.map { other in zip(one, other).reduce(0.0) { $0 + Double($1.0) * Double($1.1) } }
        }
    }
}
