// Change as such: windows unlike the machine's own normal sound that no fault label explains.
import Foundation

extension TrendTracker {
    /// Moves the advisory `changed`. Its windows carry, as confidence, the share of normal windows that are less unusual.
    ///
    /// Labels that take turns explain nothing: a fault explains a change where its alarm stands, which ends the run, or
    /// where its own run is as long, which lets that alarm come first.
    mutating func followChange(_ observation: Observation, verdict: Verdict) -> [Finding] {
        guard followsNovelty, let novelty = observation.novelty else { return [] }
        let window = EventWindow(start: observation.start, confidence: novelty.share)
        let fault = verdict.label.flatMap { vocabulary[$0]?.kind == .fault ? $0 : nil }
        var findings: [Finding] = []
        if !novelty.isNovel {
            findings += miss(.changed, cause: .ownNormal, at: observation.end)
        } else if let fault, isConditionPresent(fault) {
            state.runs.removeAll { $0.label == .changed }
        } else {
            let length = consecutive(.changed) + 1
            findings += hit(.changed, window, mayRaise: fault.map { consecutive($0) < length } ?? true)
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
