// Change as such: windows unlike the machine's own normal sound that no fault label explains.
import Foundation

extension TrendTracker {
    /// Moves the advisory `changed`. Its windows carry, as confidence, the share of normal windows that are less unusual.
    mutating func followChange(_ observation: Observation, verdict: Verdict, top: LabelScore) -> [Finding] {
        guard followsNovelty, let novelty = observation.novelty else { return [] }
        let window = EventWindow(start: observation.start, confidence: novelty.share)
        let isExplained = verdict.label.map { vocabulary[$0]?.kind == .fault } ?? false
        var findings: [Finding] = []
        if novelty.isNovel, !isExplained {
            findings += hit(.changed, window)
        } else {
            let cause: NearMiss.Cause =
                novelty.isNovel ? .otherLabel(top.label, confidence: top.confidence) : .ownNormal
            findings += miss(.changed, cause: cause, at: observation.end)
        }
        guard var clearRun = state.clearRuns[.changed] else { return findings }
        if novelty.isNovel { clearRun.removeAll() } else { clearRun.append(window) }
        state.clearRuns[.changed] = clearRun
        if clearRun.count >= rules[.changed].clearAfter {
            findings.append(clear(.changed, clearRun, confidence: novelty.share))
        }
        return findings
    }

    /// Begins or ends to follow change. A condition that can be followed no more is over; gives it back, if there was one.
    mutating func followNovelty(_ follows: Bool) -> Finding? {
        followsNovelty = follows
        guard !follows else { return nil }
        state.runs.removeAll { $0.label == .changed }
        guard let clearRun = state.clearRuns[.changed] else { return nil }
        return clear(.changed, clearRun, confidence: clearRun.last?.confidence ?? 0)
    }
}
