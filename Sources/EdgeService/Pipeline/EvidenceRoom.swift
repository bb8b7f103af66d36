// Between the health desk and the kept sound: what happened to a machine becomes clips and windows under review.
import Acquisition
import Evidence
import Foundation
import Logging
import MachineHealth
import Synchronization
import TrendLog

/// Takes note of alarms, near misses and doubtful or novel windows without ever holding up the health desk.
final class EvidenceRoom: Sendable {
    /// Something worth keeping.
    private struct Notice: Sendable {
        let window: WindowRecord?
        let actions: [HealthAction]
        let rules: TrendRules
        let windowSeconds: Double
        /// Whether the window is unlike the machine's normal sound and no fault label says how.
        let isNovel: Bool
    }

    private struct Tasks {
        var notices: Task<Void, Never>?
        var writing: Task<Void, Never>?
    }

    /// Clips and recent sound.
    let keeper: EvidenceKeeper
    /// Windows a person shall hear.
    let review: ReviewDesk

    private let lengths: Mutex<[String: Double]>
    private let notices: AsyncStream<Notice>
    private let input: AsyncStream<Notice>.Continuation
    private let tasks = Mutex(Tasks())
    private let lost = Atomic<Int>(0)

    /// - Parameter reviewChanged: told how many windows wait for a person whenever that may have changed.
    init(
        _ configuration: ServiceConfiguration,
        store: TrendLogStore,
        logger: Logger,
        now: @escaping @Sendable () -> Date,
        reviewChanged: @escaping @Sendable (Int) -> Void = { _ in }
    ) {
        keeper = EvidenceKeeper(settings: configuration.evidence, store: store, logger: logger, now: now)
        review = ReviewDesk(store: store, logger: logger, now: now, changed: reviewChanged)
        lengths = Mutex(configuration.windowLengths)
        // A burst of doubtful windows must not grow without bound while the disk is slow; the newest say most.
        (notices, input) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(10_000))
    }

    /// Tidies up what the last run left and begins to work.
    func open(_ configuration: ServiceConfiguration) async {
        await keeper.tidy()
        await reconfigure(configuration)
        let noticing = Task { [self] in for await notice in notices { await handle(notice) } }
        let writing = Task { [keeper] in await keeper.run() }
        tasks.withLock { $0 = Tasks(notices: noticing, writing: writing) }
    }

    /// Takes over a changed configuration.
    func reconfigure(_ configuration: ServiceConfiguration) async {
        let current = configuration.windowLengths
        lengths.withLock { $0 = current }
        let captured = configuration.machines.filter(\.capturesSound).map(\.id)
        await keeper.reconfigure(configuration.evidence, capturing: Set(captured))
    }

    /// Finishes what was begun: clips that wait for their tail are written as they are.
    func close() async {
        let running = tasks.withLock { $0 }
        input.finish()
        await running.notices?.value
        await keeper.close(running.writing)
    }

    /// What was left out since start because more happened than could be kept.
    var lostNotices: Int { lost.load(ordering: .relaxed) }

    /// A chunk in its place, from the intake.
    func hear(_ machine: String, _ frame: AudioFrame) {
        keeper.sound.feed(
            machine,
            epoch: frame.epoch,
            position: frame.startSample,
            start: frame.start,
            sampleRateHz: frame.sampleRateHz,
            samples: frame.samples
        )
    }

    /// What a window or the passing of time came to, from the health desk. Returns at once.
    func notice(window: WindowRecord?, actions: [HealthAction], of monitor: MachineMonitor) {
        guard keeper.sound.isCaptured(monitor.machine) else { return }
        let isTelling = actions.contains { action in
            switch action {
            case .nearMiss: true
            case .event(let event): event.type == .faultRaised
            default: false
            }
        }
        let isNovel = window.map { $0.isNovelWithoutFault(monitor.vocabulary) } ?? false
        guard isTelling || isNovel || window?.verdict == .undetermined else { return }
        let result = input.yield(
            Notice(
                window: window,
                actions: actions,
                rules: monitor.rules,
                windowSeconds: lengths.withLock { $0[monitor.machine] } ?? 10,
                isNovel: isNovel
            )
        )
        if case .dropped = result { lost.add(1, ordering: .relaxed) }
    }

    private func handle(_ notice: Notice) async {
        var isCovered = false
        for action in notice.actions {
            switch action {
            case .event(let event) where event.type == .faultRaised:
                guard let first = event.windows.first?.start else { continue }
                await keep(
                    event.machine,
                    ClipCause(
                        reason: .alarm,
                        label: event.label,
                        alarmID: event.alarmID,
                        start: first,
                        end: max(event.time, first.addingTimeInterval(notice.windowSeconds))
                    )
                )
                isCovered = true
            case .nearMiss(let miss):
                await keep(miss, notice)
                isCovered = true
            default: break
            }
        }
        guard !isCovered, let window = notice.window else { return }
        await doubt(window, notice)
    }

    /// A near miss: its run and the window that broke it, unless silence or a clock did.
    private func keep(_ miss: NearMiss, _ notice: Notice) async {
        guard let first = miss.windows.first?.start, let last = miss.windows.last?.start else { return }
        let breaking = miss.isBrokenByWindow ? notice.window?.observation : nil
        let end = breaking?.end ?? last.addingTimeInterval(notice.windowSeconds)
        let cause = ClipCause(reason: .nearMiss, label: miss.label, start: first, end: end)
        await keep(miss.machine, cause)
        // What ended a change sounded normal: nothing to ask a person about.
        guard let breaking, let window = notice.window, miss.label != .changed else { return }
        _ = await review.consider(
            ReviewCandidate(
                machine: miss.machine,
                start: breaking.start,
                end: breaking.end,
                reason: .nearMiss,
                label: miss.label,
                confidence: breaking.confidence(of: miss.label),
                threshold: miss.threshold,
                scores: breaking.scores,
                levelDBFS: breaking.levelDBFS,
                model: window.model
            )
        )
    }

    private func doubt(_ window: WindowRecord, _ notice: Notice) async {
        let observation = window.observation
        guard let top = observation.top else { return }
        // Undetermined for being unlike the machine's normal sound is no question of a label's threshold.
        let isUnsure = window.verdict == .undetermined && top.confidence < notice.rules[top.label].validAbove
        guard isUnsure || notice.isNovel else { return }
        let item = await review.consider(
            ReviewCandidate(
                machine: observation.machine,
                start: observation.start,
                end: observation.end,
                reason: isUnsure ? .undetermined : .novel,
                label: top.label,
                confidence: top.confidence,
                threshold: notice.rules[top.label].validAbove,
                scores: observation.scores,
                levelDBFS: observation.levelDBFS,
                model: window.model,
                novelty: observation.novelty
            )
        )
        guard item != nil else { return }
        await keep(
            observation.machine,
            ClipCause(reason: .review, label: top.label, start: observation.start, end: observation.end)
        )
    }

    private func keep(_ machine: String, _ cause: ClipCause) async {
        await keeper.keep(ClipRequest(machine: machine, cause: cause))
    }
}

extension NearMiss {
    /// Whether the window that ended the run was heard right after it.
    fileprivate var isBrokenByWindow: Bool {
        switch cause {
        case .tooLow, .otherLabel, .undetermined, .ownNormal: true
        case .stale, .clockStep: false
        }
    }
}

extension WindowRecord {
    /// Whether it is unlike the machine's enrolled normal sound while the label on top is no fault.
    fileprivate func isNovelWithoutFault(_ vocabulary: LabelVocabulary) -> Bool {
        guard verdict.isAboutMachine, observation.novelty?.isNovel ?? false, let top = observation.top else {
            return false
        }
        return vocabulary[top.label]?.kind != .fault
    }
}

extension ServiceConfiguration {
    fileprivate var windowLengths: [String: Double] {
        Dictionary(machines.map { ($0.id, $0.windowLengthSeconds) }) { first, _ in first }
    }
}
