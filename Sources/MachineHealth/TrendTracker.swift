// Follows the labels of one machine over its windows: runs towards an alarm, clear runs, broken runs, stale time.
import Foundation

/// The trend tracker of one machine: windows in, findings out.
///
/// How a window moves it:
/// - It *counts* for a fault when that fault is on top with a confidence above (not equal to) the fault's `confidence`.
///   Any other classified window ends the run, an undetermined one too.
/// - It is *clear* for a fault whose condition holds when it is determined, another label is on top and the fault's
///   score is below `clearBelow`. A score in the dead band, or the fault on top, starts the clear run anew; an
///   undetermined window with a low score is evidence of nothing and leaves the clear run as it is.
/// - An incomplete window neither counts nor breaks nor clears. After `staleAfterSeconds` without a classified window
///   continuity is lost: runs and clear runs start anew, conditions stay.
/// - A window that starts no later than one already taken is ignored and counted. Three such windows in rising order,
///   each older by more than the stale time, mean that the sender's clock was set back: they are followed from there.
public struct TrendTracker: Sendable {
    /// The machine.
    public let machine: String
    /// Its labels.
    public let vocabulary: LabelVocabulary
    /// Its rules.
    public let rules: TrendRules
    /// What it remembers.
    public internal(set) var state: State

    /// Windows from the past, in rising order, after which the clock is taken to have been set back.
    static let clockStepWindows = 3

    /// Makes a tracker, empty or from a stored state.
    public init(machine: String, vocabulary: LabelVocabulary, rules: TrendRules, state: State = State()) {
        self.machine = machine
        self.vocabulary = vocabulary
        self.rules = rules
        self.state = state
        let faults = Set(vocabulary.faults.map(\.id))
        if let run = state.run, !faults.contains(run.label) { self.state.run = nil }
        self.state.clearRuns = state.clearRuns.filter { faults.contains($0.key) }
    }

    /// Whether a fault's condition holds.
    public func isConditionPresent(_ label: LabelID) -> Bool { state.clearRuns[label] != nil }

    /// Length of a fault's run at present.
    public func consecutive(_ label: LabelID) -> Int {
        guard let run = state.run, run.label == label else { return 0 }
        return run.count
    }

    /// The verdict on a window by this machine's rules and labels.
    public func verdict(on observation: Observation) -> Verdict {
        guard observation.scores.allSatisfy({ vocabulary[$0.label] != nil }) else { return .incomplete }
        return Verdict(observation, rules: rules)
    }

    /// Takes one window.
    ///
    /// - Parameters:
    ///   - observation: the window.
    ///   - receivedAt: when it came in by the clock `tick` uses; nil where that is the window's own end.
    public mutating func observe(
        _ observation: Observation,
        receivedAt: Date? = nil
    ) -> (outcome: Outcome, findings: [Finding]) {
        guard observation.machine == machine, observation.end > observation.start else {
            state.ignored.foreign += 1
            return (.ignored, [])
        }
        var findings: [Finding] = []
        if let lastStart = state.lastStart, observation.start <= lastStart {
            guard isClockStep(observation.start, lastStart: lastStart) else { return (.ignored, []) }
            findings += breakContinuity(.clockStep, at: observation.end)
            state.lastClassifiedEnd = nil
        }
        state.backwardStart = nil
        state.backwardCount = 0
        state.lastStart = observation.start

        if let last = state.lastClassifiedEnd {
            let gap = observation.end.timeIntervalSince(last)
            if gap > rules.machine.staleAfterSeconds {
                findings += breakContinuity(.stale(gapSeconds: gap), at: observation.end)
                state.isStale = true
            }
        }
        let verdict = verdict(on: observation)
        guard verdict != .incomplete, let top = observation.top else {
            if observation.quality == .good { state.ignored.malformed += 1 }
            return (.taken(.incomplete), findings)
        }
        state.isStale = false
        state.lastClassifiedEnd = observation.end
        state.lastHeard = receivedAt ?? observation.end
        findings += followRun(observation, verdict: verdict, top: top)
        findings += followConditions(observation, verdict: verdict, top: top)
        return (.taken(verdict), findings)
    }

    /// Tells it the time; continuity is lost once nothing has been classified for longer than the stale time.
    public mutating func tick(now: Date) -> [Finding] {
        guard !state.isStale, let lastHeard = state.lastHeard else { return [] }
        let gap = now.timeIntervalSince(lastHeard)
        guard gap > rules.machine.staleAfterSeconds else { return [] }
        state.isStale = true
        return breakContinuity(.stale(gapSeconds: gap), at: now)
    }

    /// Sets which conditions hold, as stored alarms say; clear runs of those that stay are kept.
    mutating func setConditions(_ labels: Set<LabelID>) {
        state.clearRuns = state.clearRuns.filter { labels.contains($0.key) }
        for label in labels where state.clearRuns[label] == nil { state.clearRuns[label] = [] }
    }

    private mutating func followRun(_ observation: Observation, verdict: Verdict, top: LabelScore) -> [Finding] {
        let rule = rules[top.label]
        let counts =
            verdict.label == top.label && vocabulary[top.label]?.kind == .fault && top.confidence > rule.confidence
        guard counts else {
            return endRun(cause: cause(of: top, verdict: verdict), at: observation.end)
        }
        var findings: [Finding] = []
        if let run = state.run, run.label != top.label {
            findings += endRun(cause: .otherLabel(top.label, confidence: top.confidence), at: observation.end)
        }
        var run = state.run ?? Run(label: top.label, count: 0, windows: [])
        run.count += 1
        run.windows.append(EventWindow(start: observation.start, confidence: top.confidence))
        if run.windows.count > rule.consecutive { run.windows.removeFirst(run.windows.count - rule.consecutive) }
        state.run = run
        if run.count >= rule.consecutive, !isConditionPresent(top.label) {
            state.clearRuns[top.label] = []
            findings.append(.raised(top.label, windows: run.windows, confidence: top.confidence))
        }
        return findings
    }

    private mutating func followConditions(
        _ observation: Observation,
        verdict: Verdict,
        top: LabelScore
    ) -> [Finding] {
        var findings: [Finding] = []
        for label in vocabulary.faults.map(\.id) {
            guard var clearRun = state.clearRuns[label], let score = observation.confidence(of: label) else { continue }
            let rule = rules[label]
            if top.label == label || score >= rule.clearBelow {
                clearRun.removeAll()
            } else if verdict != .undetermined {
                clearRun.append(EventWindow(start: observation.start, confidence: score))
            }
            if clearRun.count >= rule.clearAfter {
                state.clearRuns[label] = nil
                findings.append(.cleared(label, windows: clearRun, confidence: score))
            } else {
                state.clearRuns[label] = clearRun
            }
        }
        return findings
    }

    private func cause(of top: LabelScore, verdict: Verdict) -> NearMiss.Cause {
        if top.label == state.run?.label { return .tooLow(confidence: top.confidence) }
        return verdict == .undetermined
            ? .undetermined(best: top.label, confidence: top.confidence)
            : .otherLabel(top.label, confidence: top.confidence)
    }

    private mutating func endRun(cause: NearMiss.Cause, at time: Date) -> [Finding] {
        guard let run = state.run else { return [] }
        state.run = nil
        let rule = rules[run.label]
        guard !isConditionPresent(run.label), NearMiss.isWorthTelling(count: run.count, required: rule.consecutive)
        else { return [] }
        return [
            .nearMiss(
                NearMiss(
                    machine: machine,
                    label: run.label,
                    windows: run.windows,
                    required: rule.consecutive,
                    threshold: rule.confidence,
                    cause: cause,
                    time: time
                )
            )
        ]
    }

    private mutating func breakContinuity(_ cause: NearMiss.Cause, at time: Date) -> [Finding] {
        state.clearRuns = state.clearRuns.mapValues { _ in [] }
        return endRun(cause: cause, at: time)
    }

    private mutating func isClockStep(_ start: Date, lastStart: Date) -> Bool {
        if start == lastStart {
            state.ignored.duplicate += 1
            return false
        }
        guard lastStart.timeIntervalSince(start) > rules.machine.staleAfterSeconds else {
            state.ignored.outOfOrder += 1
            return false
        }
        let rises = state.backwardStart.map { start > $0 } ?? true
        state.backwardCount = rises ? state.backwardCount + 1 : 1
        state.backwardStart = start
        if state.backwardCount >= Self.clockStepWindows { return true }
        state.ignored.outOfOrder += 1
        return false
    }
}
