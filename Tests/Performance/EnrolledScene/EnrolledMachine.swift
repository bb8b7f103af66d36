// One simulated machine: enrolled, heard while healthy, and in every fault.
import Detection
import EdgeService
import Foundation
import MachineHealth
import MachineSimulator

/// What the rule said of one machine.
struct Outcome: Sendable {
    /// Windows of healthy sound, and the alarms they raised: of labelled faults, and "changed".
    var healthyWindows = 0
    var falseFaults = 0
    var falseChanges = 0
    /// Healthy windows unlike the enrolled sound; the limit promises how many at most.
    var novelWindows = 0
    /// Per fault: what was told in its episodes.
    var faults: [Detections] = []
    /// A line per judged window, healthy ones and faulty ones.
    var trace: [String] = []
}

/// What was told of one fault within the windows it had.
struct Detections: Sendable {
    let fault: String
    var episodes = 0
    /// Its own alarm came.
    var named = 0
    /// Its own alarm came or `changed`, which says that no label explains the sound.
    var told = 0
    /// Any alarm came, another fault's included.
    var noticed = 0
}

/// How a machine's normal sound is enrolled: half an hour in all, from so many stretches of its life.
struct EnrolmentPlan: Sendable {
    /// Windows in all, as many as half an hour has.
    static let windows = 180
    /// Stretches they are from, evenly.
    var stretches = 1
}

/// An individual that no model, limit or default was chosen with.
struct EnrolledMachine: Sendable {
    let kind: MachineKind
    let generator: SoundGenerator
    let individual: UInt64
    let snrDB: Double

    static let windowFrames = 480_000
    static let windowSeconds = 10.0
    /// Windows within which a fully developed fault has to raise its alarm.
    static let windowsToDetect = 5
    static let episodes = 3
    /// Healthy windows kept together in the cache.
    static let windowsPerFile = 48

    /// Enrols, listens and counts.
    ///
    /// - Parameters:
    ///   - hours: of healthy life, in stretches `hopSeconds` apart.
    ///   - inARow: windows on end of each stretch. One hears as many stretches as can be, but no run of windows from one that
    ///     is unlike the enrolled sound as a whole.
    ///   - labels: the machine's vocabulary; faults that it does not name are heard all the same.
    func hear(
        ear: RehearsalEar,
        cache: SoundCache,
        labels: LabelVocabulary,
        enrolment: EnrolmentPlan,
        hours: Double,
        hopSeconds: Double,
        inARow: Int = 1
    ) throws -> Outcome {
        let each = EnrolmentPlan.windows / enrolment.stretches
        try ear.enrol(
            try (1...UInt64(enrolment.stretches)).flatMap { take in
                try cache.windows("\(name)/enrol-\(take)x\(each)") {
                    try stretch(.normal, take: take, windows: each).map { try ear.hear($0) }
                }
            }
        )
        var outcome = Outcome()
        var rehearsal = makeRehearsal(labels, hopSeconds: hopSeconds)
        let stretches = Int(hours * 3_600 / hopSeconds)
        let perFile = max(1, Self.windowsPerFile / inARow)
        let healthy = try stride(from: 0, to: stretches, by: perFile).flatMap { first in
            try cache.windows("\(name)/healthy-\(first)" + (inARow > 1 ? "x\(inARow)" : "")) {
                try (first..<first + perFile).flatMap { number in
                    try stretch(.normal, take: 1_000 + UInt64(number), windows: inARow).map { try ear.hear($0) }
                }
            }
        }
        for (number, sound) in healthy.prefix(stretches * inARow).enumerated() {
            let seconds = Double(number / inARow) * hopSeconds + Double(number % inARow) * Self.windowSeconds
            let time = Date(timeIntervalSince1970: seconds)
            outcome.healthyWindows += 1
            let window = try ear.judge(sound, start: time)
            if window.novelty?.isNovel ?? false { outcome.novelWindows += 1 }
            var raised = ""
            for case .raised(let label, _) in rehearsal.take(window) {
                if label == .changed { outcome.falseChanges += 1 } else { outcome.falseFaults += 1 }
                raised += " \(label.rawValue)"
            }
            outcome.trace.append(line("normal", 0, number, window, raised))
        }
        for fault in kind.states where fault != .normal {
            var detections = Detections(fault: fault.rawValue)
            for episode in 0..<Self.episodes {
                var rehearsal = makeRehearsal(labels, hopSeconds: Self.windowSeconds / 2)
                var raised: Set<LabelID> = []
                let sound = try cache.windows("\(name)/\(fault.rawValue)-\(episode)") {
                    try stretch(fault, take: 500 + UInt64(episode), windows: Self.windowsToDetect)
                        .map { try ear.hear($0) }
                }
                for (number, heard) in sound.enumerated() {
                    let time = Date(timeIntervalSince1970: Double(number) * Self.windowSeconds)
                    let window = try ear.judge(heard, start: time)
                    var told = ""
                    for case .raised(let label, _) in rehearsal.take(window) {
                        raised.insert(label)
                        told += " \(label.rawValue)"
                    }
                    outcome.trace.append(line(fault.rawValue, episode, number, window, told))
                }
                let own: LabelID = .init(fault.rawValue)
                detections.episodes += 1
                if raised.contains(own) { detections.named += 1 }
                if raised.contains(own) || raised.contains(.changed) { detections.told += 1 }
                if !raised.isEmpty { detections.noticed += 1 }
            }
            outcome.faults.append(detections)
        }
        return outcome
    }

    /// What the sound depends on, as a folder's name.
    private var name: String { "\(kind.rawValue)-\(generator.rawValue)-\(individual)-\(snrDB)dB-mounted" }

    private func line(_ state: String, _ episode: Int, _ number: Int, _ window: RehearsedWindow, _ told: String)
        -> String
    {
        let novelty = window.novelty.map { "\($0.score),\($0.limit)" } ?? ","
        let scores = window.scores.map { "\($0.label.rawValue)=\(($0.confidence * 1_000).rounded() / 1_000)" }
        return "\(kind.rawValue),\(generator.rawValue),\(individual),\(state),\(episode),\(number),\(novelty),"
            + scores.joined(separator: " ") + "," + told
    }

    private func makeRehearsal(_ labels: LabelVocabulary, hopSeconds: Double) -> TrendRehearsal {
        var rule = TrendRule()
        rule.staleAfterSeconds = max(60, 3 * hopSeconds)
        return TrendRehearsal(
            vocabulary: labels,
            rules: TrendRules(machine: rule),
            settings: TrendSettings(),
            windowSeconds: Self.windowSeconds,
            followsNovelty: true,
            startingAt: Date(timeIntervalSince1970: 0)
        )
    }

    /// Windows on end of one stretch of life, full severity, heard by a microphone that was set up once.
    private func stretch(_ state: MachineState, take: UInt64, windows: Int) throws -> [[Float]] {
        var microphone = try SimulatedMicrophone(
            .machine(
                kind,
                state: state,
                severity: state == .normal ? 0 : 1,
                individual: individual,
                take: take,
                snrDB: snrDB,
                generator: generator,
                levelSetup: .once
            )
        )
        return (0..<windows).map { _ in microphone.render(frames: Self.windowFrames) }
    }
}
