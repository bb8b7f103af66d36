// One machine's health: the trend tracker and its alarms behind one face.
import Foundation

/// Follows one machine: windows, operators' orders, signals, stream loss and time go in; actions come out.
///
/// A value without clock or I/O. Times come with the calls, instance and event ids from `makeID`, so the same inputs
/// give the same actions.
public struct MachineMonitor: Sendable {
    /// Whether the machine's sound arrives.
    public enum Stream: String, Hashable, Sendable, Codable {
        case neverHeard
        case online
        case lost
    }

    /// The tracker behind it.
    public internal(set) var tracker: TrendTracker
    /// One record per fault label, in vocabulary order, and that of `changed` where the normal sound is enrolled.
    public internal(set) var records: [AlarmRecord]
    /// The health as last emitted.
    public internal(set) var health: MachineHealthState
    /// Whether sound arrives.
    public internal(set) var stream = Stream.neverHeard

    /// Smoothed fault load, nil before the first determined window.
    var faultLoad: Double?
    /// End of the last window that said something about the machine.
    var lastTellingEnd: Date?
    /// When the stream was lost.
    var lostAt: Date?
    /// What its windows say about the microphone.
    var microphone = MicrophoneWatch()
    /// What its signals beside the sound come to.
    public internal(set) var context = MachineContext()
    /// Those signals.
    public let contextPolicy: ContextPolicy
    /// The records as last emitted, in the order of `records`.
    var emittedRecords: [AlarmRecord]
    let makeID: @Sendable () -> UUID

    /// The machine.
    public var machine: String { tracker.machine }
    /// Its labels.
    public var vocabulary: LabelVocabulary { tracker.vocabulary }
    /// Its rules.
    public var rules: TrendRules { tracker.rules }

    /// Makes a monitor that has heard nothing yet.
    ///
    /// - Parameters:
    ///   - machine: the machine's id.
    ///   - vocabulary: its labels.
    ///   - rules: its rules, checked with `TrendRule.problems` before.
    ///   - time: when monitoring begins; records are normal since then.
    ///   - followsNovelty: whether the machine's normal sound is enrolled; `followNovelty` changes it later.
    ///   - context: signals beside the sound; none suppress nothing.
    ///   - makeID: a fresh id per alarm instance and event.
    public init(
        machine: String,
        vocabulary: LabelVocabulary,
        rules: TrendRules,
        startingAt time: Date,
        followsNovelty: Bool = false,
        context: ContextPolicy = ContextPolicy(),
        makeID: @escaping @Sendable () -> UUID = { UUID() }
    ) {
        tracker = TrendTracker(
            machine: machine,
            vocabulary: vocabulary,
            rules: rules,
            followsNovelty: followsNovelty
        )
        records = vocabulary.faults.map { fault in
            AlarmRecord(
                machine: machine,
                label: fault.id,
                since: time,
                required: rules[fault.id].consecutive,
                severity: fault.severity,
                quality: .stale,
                priority: fault.priority,
                action: fault.action
            )
        }
        contextPolicy = context
        emittedRecords = records
        health = MachineHealthState(
            machine: machine,
            grade: .unknown,
            standingAlarms: [],
            isOnline: false,
            quality: .stale,
            updated: time
        )
        self.makeID = makeID
        if followsNovelty { addChangedRecord(since: time) }
    }

    /// The verdict on a window by this machine's rules, as the window topic shows it.
    public func verdict(on observation: Observation) -> Verdict { tracker.verdict(on: observation) }

    /// Takes one window.
    ///
    /// - Parameters:
    ///   - observation: the window; one of another machine, a repeated or a late one is ignored and counted.
    ///   - receivedAt: when it came in by the clock `tick` uses; nil where that is the window's own end.
    public mutating func observe(_ observation: Observation, receivedAt: Date? = nil) -> [HealthAction] {
        let (outcome, findings) = tracker.observe(observation, receivedAt: receivedAt)
        guard case .taken(let verdict) = outcome else { return [] }
        if stream == .neverHeard { stream = .online }
        var next = health
        next.verdict = verdict.description
        next.levelDBFS = Self.shownLevel(observation.levelDBFS)
        var actions: [HealthAction] = []
        switch verdict {
        case .label, .undetermined:
            actions = followMicrophone(nil, observation)
            next.topLabel = observation.top?.label
            next.topConfidence = observation.top?.confidence
            next.novelty = observation.novelty
            followLoad(observation, verdict: verdict)
            for index in records.indices {
                let isChanged = records[index].label == .changed
                let score = isChanged ? observation.novelty?.share : observation.confidence(of: records[index].label)
                if let score { records[index].confidence = score }
            }
        case .microphone(let trouble):
            actions = followMicrophone(trouble, observation)
        case .incomplete: break
        }
        next.trouble = microphone.standing
        return actions + settle(findings, next: next, at: observation.end)
    }

    /// Tells it the time, about once a second: without classified windows for the stale time its values are stale, shelves
    /// end, sound settles after a start, and what stands too long asks again or gets worse.
    public mutating func tick(now: Date) -> [HealthAction] {
        let wasStale = tracker.state.isStale
        let findings = tracker.tick(now: now)
        let actions = followTime(to: now)
        let isUnchanged = tracker.state.isStale == wasStale && health.suppression == context.cause
        guard !isUnchanged || !actions.isEmpty else { return [] }
        return actions + settle(findings, next: health, at: now)
    }

    /// The machine's sound stopped arriving: a diagnostic event and stale values, never a clear.
    ///
    /// Runs are kept until the stale time is over, so a short interruption costs nothing.
    public mutating func streamLost(at time: Date) -> [HealthAction] {
        guard stream != .lost else { return [] }
        let message =
            stream == .neverHeard
            ? "\(machine) has not been heard since monitoring began; check its microphone, network and topic"
            : "\(machine) is no longer heard: its stream of sound stopped. Its values are stale and no alarm is cleared"
        stream = .lost
        lostAt = time
        let event = HealthEvent(id: makeID(), type: .streamLost, machine: machine, time: time, message: message)
        return [.event(event)] + settle([], next: health, at: time)
    }

    /// The machine's sound arrives (again). Values turn good with the next classified window.
    public mutating func streamRestored(at time: Date) -> [HealthAction] {
        guard stream != .online else { return [] }
        let lost = lostAt
        stream = .online
        lostAt = nil
        guard let lost else { return settle([], next: health, at: time) }
        let silence = Sentence.duration(seconds: max(0, time.timeIntervalSince(lost)).rounded())
        let event = HealthEvent(
            id: makeID(),
            type: .streamRestored,
            machine: machine,
            time: time,
            message: "\(machine) is heard again after \(silence)"
        )
        return [.event(event)] + settle([], next: health, at: time)
    }

    static func shownLevel(_ level: Double) -> Double? {
        guard !level.isNaN else { return nil }
        return min(max(level, -160), 160)
    }
}
