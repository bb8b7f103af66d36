// What a change of a machine's judgement means for windows it heard before.
import Detection
import Foundation
import MachineHealth
import Publishing
import TrendLog

/// A judge before and after a change.
struct ComparedJudges: Sendable {
    /// Newest stored windows that are judged again.
    static let mostWindows = 200

    let before: WindowJudge
    let after: WindowJudge

    /// What to tell of the change.
    ///
    /// - Throws: `DetectionError` for windows of another width.
    func answer(
        windows: [LearningWindow],
        decision: ReviewDecision?,
        learned: LearnedExamples?,
        calibration: CalibrationSummary?
    ) throws(DetectionError) -> TeachingAnswer {
        var counts: [Step: Int] = [:]
        for window in windows {
            let step = Step(from: try before.top(window.embedding), to: try after.top(window.embedding))
            if step.from != step.to { counts[step, default: 0] += 1 }
        }
        let changed = counts.values.reduce(0, +)
        let changes = counts.sorted {
            ($1.value, $0.key.from.rawValue, $0.key.to.rawValue) < ($0.value, $1.key.from.rawValue, $1.key.to.rawValue)
        }
        return TeachingAnswer(
            decisionID: decision?.id.text,
            source: (learned?.source ?? .none).rawValue,
            examples: learned?.cache?.examples.count ?? 0,
            refusal: (learned?.refusal).map(BilingualSentence.init),
            windows: windows.count,
            changed: changed,
            changes: changes.map {
                TeachingAnswer.Change(from: $0.key.from.rawValue, to: $0.key.to.rawValue, windows: $0.value)
            },
            calibration: calibration,
            text: Self.text(decision, changed: changed, of: windows.count, refusal: learned?.refusal)
        )
    }

    private struct Step: Hashable {
        let from: LabelID
        let to: LabelID
    }

    private static func text(
        _ decision: ReviewDecision?,
        changed: Int,
        of total: Int,
        refusal: BilingualText?
    ) -> BilingualSentence {
        let isUndone = decision?.undone != nil
        let outcome = BilingualText(
            english: "\(isUndone ? "without" : "with") this example \(changed) of the last \(total) stored windows "
                + "would now read otherwise",
            chinese: "\(isUndone ? "撤销该示例后" : "加入该示例后")，最近存储的 \(total) 个窗口中有 \(changed) 个结果会改变"
        )
        guard let refusal else { return BilingualSentence(outcome) }
        return BilingualSentence(
            en: "\(outcome.english). \(refusal.english)",
            zh: "\(outcome.chinese)。\(refusal.chinese)"
        )
    }
}
