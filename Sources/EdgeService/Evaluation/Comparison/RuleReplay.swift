// Windows of recordings, one after the other in time order, through the configured rule: how many alarms they would raise.
import Foundation
import MachineHealth

/// Counts alarms. Recordings follow each other as if the machine had been heard without a break.
struct RuleReplay: Sendable {
    /// The rule in force.
    let rule: TrendRule
    /// From one window's start to the next.
    let hopSeconds: Double

    /// Alarms of a detector that only says whether a window is strange: runs of `consecutive` such windows. A run that
    /// goes on is one alarm; it ends after `clearAfter` windows in a row that are not strange.
    func alarms(isStrange: [Bool]) -> Int {
        var (alarms, run, clear) = (0, 0, 0)
        var isRaised = false
        for strange in isStrange {
            run = strange ? run + 1 : 0
            clear = strange ? 0 : clear + 1
            if !isRaised, run >= rule.consecutive {
                alarms += 1
                isRaised = true
            } else if isRaised, clear >= rule.clearAfter {
                isRaised = false
            }
        }
        return alarms
    }

    /// Alarms of the service's own trend tracker.
    ///
    /// - Parameters:
    ///   - conditions: of the labels, in the order of the probabilities.
    ///   - windows: probability per label, and the distance from normal sound where a machine is enrolled.
    func alarms(
        conditions: [RecordingCondition],
        windows: [(probabilities: [Double], novelty: Novelty?)]
    ) throws -> Int {
        let labels = conditions.indices.map { index in
            Label(
                id: LabelID("label-\(index)"),
                name: LocalizedName([:]),
                kind: Self.kind(conditions[index]),
                prompts: ["label"]
            )
        }
        // Faults alone are no vocabulary for the service, but may be all a manifest has.
        let hasOthers = labels.contains { $0.kind != .fault }
        let anchor = Label(id: LabelID("nothing"), name: LocalizedName([:]), kind: .anchor, prompts: ["label"])
        let vocabulary = try LabelVocabulary(profile: "evaluation", labels: hasOthers ? labels : labels + [anchor])
        var following = rule
        following.staleAfterSeconds = max(rule.staleAfterSeconds, 10 * hopSeconds)
        var tracker = TrendTracker(machine: "machine", vocabulary: vocabulary, rules: TrendRules(machine: following))
        var alarms = 0
        for (number, window) in windows.enumerated() {
            let start = Date(timeIntervalSinceReferenceDate: Double(number) * hopSeconds)
            let (_, findings) = tracker.observe(
                Observation(
                    machine: "machine",
                    start: start,
                    end: start.addingTimeInterval(hopSeconds),
                    scores: zip(labels, window.probabilities).map { LabelScore(label: $0.id, confidence: $1) },
                    levelDBFS: 0,
                    missingFraction: 0,
                    quality: .good,
                    novelty: window.novelty
                )
            )
            for case .raised in findings { alarms += 1 }
        }
        return alarms
    }

    private static func kind(_ condition: RecordingCondition) -> LabelKind {
        switch condition {
        case .normal: .normal
        case .anomalous: .fault
        case .other: .anchor
        }
    }
}
