// One simulated machine: enrolled, heard while healthy, and in every fault.
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
    /// Per fault: episodes, those in which its own alarm came in time, and those in which any alarm did.
    var faults: [(fault: String, episodes: Int, named: Int, noticed: Int)] = []
}

/// An individual that no model, limit or default was chosen with.
struct EnrolledMachine: Sendable {
    let kind: MachineKind
    let generator: SoundGenerator
    let individual: UInt64
    let snrDB: Double

    static let windowFrames = 480_000
    static let windowSeconds = 10.0
    /// Half an hour of windows, as enrolment asks for.
    static let enrolmentWindows = 180
    /// Windows within which a fully developed fault has to raise its alarm.
    static let windowsToDetect = 5
    static let episodes = 3

    /// Enrols, listens and counts.
    ///
    /// - Parameters:
    ///   - hours: of healthy life, `hopSeconds` apart; every window is a stretch of life of its own.
    ///   - labels: the machine's vocabulary; faults that it does not name are heard all the same.
    func hear(model: SoundModel, labels: LabelVocabulary, hours: Double, hopSeconds: Double) throws -> Outcome {
        let ear = try RehearsalEar(model: model, labels: labels)
        try ear.enrol(try stretch(.normal, take: 1, windows: Self.enrolmentWindows))
        var outcome = Outcome()
        var rehearsal = makeRehearsal(labels, hopSeconds: hopSeconds)
        for number in 0..<Int(hours * 3_600 / hopSeconds) {
            let time = Date(timeIntervalSince1970: Double(number) * hopSeconds)
            let sound = try stretch(.normal, take: 1_000 + UInt64(number), windows: 1)[0]
            outcome.healthyWindows += 1
            for case .raised(let label, _) in rehearsal.take(try ear.window(sound, start: time)) {
                if label == .changed { outcome.falseChanges += 1 } else { outcome.falseFaults += 1 }
            }
        }
        for fault in kind.states where fault != .normal {
            var (named, noticed) = (0, 0)
            for episode in 0..<Self.episodes {
                var rehearsal = makeRehearsal(labels, hopSeconds: Self.windowSeconds / 2)
                var raised: Set<LabelID> = []
                let sound = try stretch(fault, take: 500 + UInt64(episode), windows: Self.windowsToDetect)
                for (number, window) in sound.enumerated() {
                    let time = Date(timeIntervalSince1970: Double(number) * Self.windowSeconds)
                    for case .raised(let label, _) in rehearsal.take(try ear.window(window, start: time)) {
                        raised.insert(label)
                    }
                }
                if raised.contains(LabelID(fault.rawValue)) { named += 1 }
                if !raised.isEmpty { noticed += 1 }
            }
            outcome.faults.append((fault.rawValue, Self.episodes, named, noticed))
        }
        return outcome
    }

    private func makeRehearsal(_ labels: LabelVocabulary, hopSeconds: Double) -> TrendRehearsal {
        var rule = TrendRule()
        rule.staleAfterSeconds = max(60, 3 * hopSeconds)
        return TrendRehearsal(
            vocabulary: labels,
            rules: TrendRules(machine: rule),
            settings: TrendSettings(),
            windowSeconds: Self.windowSeconds,
            startingAt: Date(timeIntervalSince1970: 0)
        )
    }

    /// Windows on end of one stretch of life, full severity.
    private func stretch(_ state: MachineState, take: UInt64, windows: Int) throws -> [[Float]] {
        var microphone = try SimulatedMicrophone(
            .machine(
                kind,
                state: state,
                severity: state == .normal ? 0 : 1,
                individual: individual,
                take: take,
                snrDB: snrDB,
                generator: generator
            )
        )
        return (0..<windows).map { _ in microphone.render(frames: Self.windowFrames) }
    }
}
