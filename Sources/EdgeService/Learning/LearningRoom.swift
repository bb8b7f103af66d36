// Where machines learn: banks, examples and calibrations made on a thread of its own, and handed to the judges at once.
import Detection
import Foundation
import Logging
import MachineHealth
import Publishing
import Synchronization
import TrendLog

/// Carries out enrolments and decisions, one after the other, without ever holding up a window.
///
/// What it hands to the judges is always made from the trend log alone: banks by version, examples and calibrations from
/// the standing decisions. So a restart, a reload and an undo all come to the same judgement, bit for bit.
actor LearningRoom {
    /// What there is to do, in the order it comes in.
    enum Work: Sendable {
        case command(OperatorCommand, machine: String?, reply: @Sendable (CommandResult) async -> Void)
        case decided(ReviewDecision, reply: @Sendable (TeachingAnswer?) async -> Void)
        /// The other machines of a profile, after one of them was taught.
        case refresh(profile: String, except: String)
        case reload(ServiceConfiguration, [String: WindowJudge], reply: @Sendable () async -> Void)
        case proposals
    }

    let store: TrendLogStore
    let judges: WindowJudges
    let model: String
    let now: @Sendable () -> Date
    let logger: Logger
    /// What stands in the trend log, made ready for the judges.
    let standing: LearnedState
    private let deliver: @Sendable (HealthEvent) -> Void
    private let thread = WorkerThread(name: "learning", niceness: 10)
    private let work: AsyncStream<Work>
    private let input: AsyncStream<Work>.Continuation
    private let isClosing = Atomic<Bool>(false)
    /// Profile of each machine.
    var profiles: [String: String] = [:]
    var settings = EnrolmentSettings()
    /// Hop of each machine.
    var hopSeconds: [String: Double] = [:]
    /// When a machine without a bank is looked at next.
    var nextLooks: [String: Date] = [:]
    /// Machines the present model has a bank of, whatever became of it.
    var enrolled: Set<String> = []
    /// Refusals as logged last, so that none is logged with every decision.
    private var toldRefusals: [String: String] = [:]

    nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    /// - Parameters:
    ///   - model: what results are signed with; banks and decisions of others are left alone.
    ///   - tell: takes events, to be committed and published.
    init(
        store: TrendLogStore,
        judges: WindowJudges,
        model: String,
        now: @escaping @Sendable () -> Date,
        logger: Logger,
        tell: @escaping @Sendable (HealthEvent) -> Void
    ) {
        self.store = store
        self.judges = judges
        self.model = model
        self.now = now
        self.logger = logger
        standing = LearnedState(reader: store.reader, model: model, logger: logger)
        deliver = tell
        (work, input) = AsyncStream.makeStream()
    }

    // Not in `close`: whoever waits for an answer still needs the thread.
    deinit { thread.stop() }

    /// Hands work in; false where none is taken any more.
    @discardableResult
    nonisolated func give(_ work: Work) -> Bool {
        if case .terminated = input.yield(work) { false } else { true }
    }

    /// What a decision changed, once it is learned; nil where the service is stopping.
    nonisolated func learn(from decision: ReviewDecision) async -> TeachingAnswer? {
        await withCheckedContinuation { continuation in
            if !give(.decided(decision, reply: { continuation.resume(returning: $0) })) {
                continuation.resume(returning: nil)
            }
        }
    }

    /// Works until it is closed.
    func run() async {
        for await item in work {
            switch item {
            case .command(let command, let machine, let reply):
                await reply(await carryOut(command, topicMachine: machine))
            case .decided(let decision, let reply):
                await reply(await learned(decision))
            case .refresh(let profile, let machine):
                await teachProfile(profile, except: machine)
            case .reload(let configuration, let fresh, let reply):
                await take(configuration, judges: fresh)
                await reply()
            case .proposals:
                await propose()
            }
        }
    }

    /// Takes no more work; what was taken is finished, except what a restart does anew by itself.
    nonisolated func close() {
        isClosing.store(true, ordering: .relaxed)
        input.finish()
    }

    /// Takes over a configuration: its judges come into force with all that was learned.
    ///
    /// Banks that are in memory already are kept; the others are read.
    func take(_ configuration: ServiceConfiguration, judges fresh: [String: WindowJudge]) async {
        settings = configuration.enrolment
        profiles = Dictionary(configuration.machines.map { ($0.id, $0.profile) }) { first, _ in first }
        hopSeconds = Dictionary(configuration.machines.map { ($0.id, $0.hopSeconds) }) { first, _ in first }
        nextLooks = [:]
        var judges = fresh
        for (machine, judge) in self.judges.all { judges[machine]?.normalSound = judge.normalSound }
        do {
            enrolled = try await store.reader.machinesEnrolled(withModel: model)
            let begin = ContinuousClock.now
            var loaded = 0
            for record in try await store.reader.activeBanks() {
                guard judges[record.machine] != nil, judges[record.machine]?.normalSound == nil else { continue }
                judges[record.machine]?.normalSound = await normalSound(of: record)
                loaded += 1
            }
            if loaded > 0 {
                let seconds = (ContinuousClock.now - begin) / .seconds(1)
                logger.notice("normal sound of \(loaded) machines read in \(String(format: "%.1f", seconds)) s")
            }
            let decisions = try await store.reader.decisions()
            for profile in Set(profiles.values).sorted() {
                await learn(profile, decisions: decisions, into: &judges)
            }
        } catch {
            logger.error("what was learned cannot be read: \(error)")
        }
        self.judges.replace(with: judges)
    }

    /// The scorers of a stored bank; nil, with the reason in the log, where it cannot be used.
    func normalSound(of record: BankRecord) async -> NormalSound? {
        await standing.normalSound(of: record)
    }

    /// A stored bank; nil where its bytes are gone.
    func bank(of record: BankRecord) async throws -> NormalBank? { try await standing.bank(of: record) }

    // MARK: - Teaching

    private func learned(_ decision: ReviewDecision) async -> TeachingAnswer? {
        do {
            return try await teach(decision.machine, because: decision)
        } catch {
            logger.error("\(decision.machine): what was decided cannot be learned now: \(error)")
            return nil
        }
    }

    /// Learns a machine anew from the standing decisions, and the others of its profile afterwards.
    ///
    /// - Returns: what changed; nil for a machine that is not configured.
    func teach(_ machine: String, because decision: ReviewDecision?) async throws -> TeachingAnswer? {
        guard let profile = profiles[machine], let before = judges[machine] else { return nil }
        let decisions = try await store.reader.decisions()
        var fresh = [machine: before]
        let learned = await learn(profile, decisions: decisions, into: &fresh)
        guard let after = fresh[machine] else { return nil }
        judges.update(machine) { $0.learn(from: after) }
        give(.refresh(profile: profile, except: machine))
        let windows = try await store.reader.learningWindows(
            machine: machine,
            model: model,
            limit: ComparedJudges.mostWindows
        )
        return try ComparedJudges(before: before, after: after).answer(
            windows: windows,
            decision: decision,
            learned: learned.examples[machine],
            calibration: learned.calibration
        )
    }

    private func teachProfile(_ profile: String, except machine: String) async {
        guard !isClosing.load(ordering: .relaxed) else { return }
        do {
            let decisions = try await store.reader.decisions()
            var fresh = judges.all.filter { profiles[$0.key] == profile && $0.key != machine }
            await learn(profile, decisions: decisions, into: &fresh)
            for (machine, judge) in fresh {
                judges.update(machine) { $0.learn(from: judge) }
            }
        } catch {
            logger.error("profile \(profile): what was decided cannot be learned now: \(error)")
        }
    }

    /// Calibration and examples of the machines of a profile among `judges`.
    @discardableResult
    private func learn(
        _ profile: String,
        decisions: [ReviewDecision],
        into judges: inout [String: WindowJudge]
    ) async -> (calibration: CalibrationSummary?, examples: [String: LearnedExamples]) {
        let (calibration, chosen) = standing.learn(profile, profiles: profiles, decisions: decisions, into: &judges)
        if let calibration {
            do { try await keep(calibration) } catch {
                logger.error("profile \(profile): its calibration cannot be stored: \(error)")
            }
        }
        for machine in chosen.keys.sorted() { logRefusal(chosen[machine]?.refusal, of: machine) }
        return (calibration?.summary, chosen)
    }

    /// Stores a calibration that differs from the one stored last.
    private func keep(_ calibration: ProfileCalibration) async throws {
        let record = try calibration.record(model: model, at: now())
        let last = try await store.reader.calibration(profile: calibration.profile)
        guard last?.model != record.model || last?.report != record.report else { return }
        try await store.save(record)
    }

    private func logRefusal(_ refusal: BilingualText?, of machine: String) {
        guard toldRefusals[machine] != refusal?.english else { return }
        toldRefusals[machine] = refusal?.english
        if let refusal { logger.warning("\(machine): examples: \(refusal.english)") }
    }

    // MARK: - Telling

    func tell(_ type: HealthEventType, _ machine: String, _ message: String, user: String?, comment: String? = nil) {
        deliver(
            HealthEvent(
                id: UUID(),
                type: type,
                machine: machine,
                time: now(),
                message: "\(machine): \(message)",
                user: user,
                comment: comment
            )
        )
    }
}

extension WindowJudge {
    /// Takes over what people taught; labels and normal sound stay.
    fileprivate mutating func learn(from other: WindowJudge) {
        calibration = other.calibration
        examples = other.examples
    }
}
