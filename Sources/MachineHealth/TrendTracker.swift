// Follows the labels of one machine over its windows: runs towards an alarm, clear runs, broken runs, stale time.
import Foundation

/// The trend tracker of one machine: windows in, findings out.
///
/// How a window moves it:
/// - It *counts* for a fault when that fault is on top with a confidence above (not equal to) the fault's `confidence`; where
///   the machine's normal sound is enrolled and the rule guards, only if it is unlike that sound, too. Any other judged
///   window ends the run, an undetermined one too; with `within` it only takes up one of the places looked at.
/// - It is *clear* for a fault whose condition holds when it is determined, another label is on top and the fault's
///   score is below `clearBelow`. A score in the dead band, or the fault on top, starts the clear run anew; an
///   undetermined window with a low score is evidence of nothing and leaves the clear run as it is. Scores alone decide.
/// - It counts for `changed` when it is unlike the enrolled normal sound and no fault explains that, and is clear for it
///   when it is like that sound (`TrendTracker+Changed.swift`).
/// - A window that is incomplete or tells of trouble with the microphone neither counts nor breaks nor clears. After
///   `staleAfterSeconds` without a judged window continuity is lost: runs and clear runs start anew, conditions stay.
/// - A window that starts no later than one already taken is ignored and counted. Three such windows in rising order,
///   each older by more than the stale time, mean that the sender's clock was set back: they are followed from there.
public struct TrendTracker: Sendable {
    /// The machine.
    public let machine: String
    /// Its labels.
    public let vocabulary: LabelVocabulary
    /// Its rules.
    public let rules: TrendRules
    /// Whether the machine's normal sound is enrolled, so that `changed` is followed.
    public internal(set) var followsNovelty: Bool
    /// What it remembers.
    public internal(set) var state: State

    /// Windows from the past, in rising order, after which the clock is taken to have been set back.
    static let clockStepWindows = 3

    /// Makes a tracker, empty or from a stored state.
    public init(
        machine: String,
        vocabulary: LabelVocabulary,
        rules: TrendRules,
        followsNovelty: Bool = false,
        state: State = State()
    ) {
        self.machine = machine
        self.vocabulary = vocabulary
        self.rules = rules
        self.followsNovelty = followsNovelty
        self.state = state
        let known = Set(vocabulary.faults.map(\.id)).union([.changed])
        self.state.runs.removeAll { !known.contains($0.label) }
        self.state.clearRuns = state.clearRuns.filter { known.contains($0.key) }
    }

    /// Whether a fault's condition holds.
    public func isConditionPresent(_ label: LabelID) -> Bool { state.clearRuns[label] != nil }

    /// Length of a label's run at present: windows in a row, or those that count among the last M.
    public func consecutive(_ label: LabelID) -> Int { state.runs.first { $0.label == label }?.count ?? 0 }

    /// The verdict on a window by this machine's rules and labels.
    public func verdict(on observation: Observation) -> Verdict {
        Verdict(observation, vocabulary: vocabulary, rules: rules)
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
        guard verdict.isAboutMachine, let top = observation.top else {
            if verdict == .incomplete, observation.quality == .good { state.ignored.malformed += 1 }
            return (.taken(verdict), findings)
        }
        state.isStale = false
        state.lastClassifiedEnd = observation.end
        state.lastHeard = receivedAt ?? observation.end
        findings += followRuns(observation, verdict: verdict, top: top)
        findings += followConditions(observation, verdict: verdict, top: top)
        findings += followChange(observation, verdict: verdict)
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

    private mutating func followRuns(_ observation: Observation, verdict: Verdict, top: LabelScore) -> [Finding] {
        let rule = rules[top.label]
        let isFault =
            verdict.label == top.label && vocabulary[top.label]?.kind == .fault && top.confidence > rule.confidence
        let isGuarded = isFault && rule.noveltyGuard && observation.novelty.map { !$0.isNovel } ?? false
        let counting = isFault && !isGuarded ? top.label : nil
        var findings: [Finding] = []
        for run in state.runs where run.label != counting && run.label != .changed {
            let cause: NearMiss.Cause =
                if run.label == top.label {
                    isGuarded ? .ownNormal : .tooLow(confidence: top.confidence)
                } else if verdict == .undetermined {
                    .undetermined(best: top.label, confidence: top.confidence)
                } else {
                    .otherLabel(top.label, confidence: top.confidence)
                }
            findings += miss(run.label, cause: cause, at: observation.end)
        }
        guard let counting else { return findings }
        return findings + hit(counting, EventWindow(start: observation.start, confidence: top.confidence))
    }

    /// Takes a window that counts for a label, and raises its condition where that completes the run and it may.
    mutating func hit(_ label: LabelID, _ window: EventWindow, mayRaise: Bool = true) -> [Finding] {
        let rule = rules[label]
        let index = state.runs.firstIndex { $0.label == label } ?? state.runs.endIndex
        if index == state.runs.endIndex { state.runs.append(Run(label: label)) }
        state.runs[index].take(window, rule: rule)
        guard mayRaise, state.runs[index].count >= rule.consecutive, !isConditionPresent(label) else { return [] }
        state.clearRuns[label] = []
        return [.raised(label, windows: state.runs[index].windows, confidence: window.confidence)]
    }

    /// Takes a window that does not count for a label's run.
    mutating func miss(_ label: LabelID, cause: NearMiss.Cause, at time: Date) -> [Finding] {
        guard let index = state.runs.firstIndex(where: { $0.label == label }) else { return [] }
        let before = state.runs[index]
        state.runs[index].miss(rule: rules[label])
        guard state.runs[index].isOver else { return [] }
        state.runs.remove(at: index)
        return nearMiss(before, cause: cause, at: time)
    }

    /// Ends a label's condition; what counted before it does not count towards the next one.
    mutating func clear(_ label: LabelID, _ windows: [EventWindow], confidence: Double) -> Finding {
        state.clearRuns[label] = nil
        state.runs.removeAll { $0.label == label }
        return .cleared(label, windows: windows, confidence: confidence)
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
                findings.append(clear(label, clearRun, confidence: score))
            } else {
                state.clearRuns[label] = clearRun
            }
        }
        return findings
    }

    private func nearMiss(_ run: Run, cause: NearMiss.Cause, at time: Date) -> [Finding] {
        let rule = rules[run.label]
        let (windows, count) = run.telling
        guard !isConditionPresent(run.label), NearMiss.isWorthTelling(count: count, required: rule.consecutive)
        else { return [] }
        return [
            .nearMiss(
                NearMiss(
                    machine: machine,
                    label: run.label,
                    windows: windows,
                    required: rule.consecutive,
                    threshold: rule.confidence,
                    cause: cause,
                    time: time,
                    within: rule.isSpread ? rule.span : nil
                )
            )
        ]
    }

    private mutating func breakContinuity(_ cause: NearMiss.Cause, at time: Date) -> [Finding] {
        state.clearRuns = state.clearRuns.mapValues { _ in [] }
        let ended = state.runs
        state.runs = []
        return ended.flatMap { nearMiss($0, cause: cause, at: time) }
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
