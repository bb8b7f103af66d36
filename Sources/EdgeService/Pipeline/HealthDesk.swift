// One serial loop per service: every window, command and tick of every machine passes here, commit before publish.
import AudioFeatures
import Foundation
import Logging
import MachineHealth
import Publishing
import TrendLog

/// What the desk works on, in the order it comes in.
enum DeskInput: Sendable {
    case window(JudgedWindow)
    case stream(StreamNews)
    case command(
        OperatorCommand,
        machine: String?,
        from: CommandOrigin,
        reply: @Sendable (CommandResult) async -> Void
    )
    /// What a machine's context topic said; nil where its message held no value.
    case context(machine: String, signal: String, value: String?)
    /// Something to tell of a machine that changes nothing about its health.
    case event(HealthEvent)
    case tick
    case forecasts(machine: String, [LabelID: TrendForecast])
    case reconfigure(ServiceConfiguration)
}

/// Follows every machine's health, writes the trend log and publishes.
actor HealthDesk {
    let publisher: HealthPublisher
    private let store: TrendLogStore
    private let board: StreamBoard
    private let feed: PlantFeed
    private let modelSignature: String
    let now: @Sendable () -> Date
    private let hasNormalSound: @Sendable (String) -> Bool
    private let worked: @Sendable () -> Void
    private let finished: @Sendable (String) -> Void
    private let evidence: EvidenceRoom?
    let logger: Logger
    var monitors: [String: MachineMonitor] = [:]
    private var trends: TrendDesk
    /// Dropped chunks as last told without a change of health.
    private var toldDrops: [String: Int] = [:]

    /// - Parameters:
    ///   - hasNormalSound: whether a machine's windows are held against its enrolled normal sound; asked again and again.
    ///   - evidence: takes note of what is worth keeping the sound of.
    ///   - worked: told after every input.
    ///   - finished: told when a machine's window is committed, so that its next one may be judged.
    init(
        publisher: HealthPublisher,
        store: TrendLogStore,
        board: StreamBoard,
        feed: PlantFeed,
        modelSignature: String,
        now: @escaping @Sendable () -> Date,
        hasNormalSound: @escaping @Sendable (String) -> Bool,
        logger: Logger,
        evidence: EvidenceRoom? = nil,
        outlooks: OutlookBoard = OutlookBoard(),
        worked: @escaping @Sendable () -> Void = {},
        finished: @escaping @Sendable (String) -> Void
    ) {
        self.publisher = publisher
        self.store = store
        self.board = board
        self.feed = feed
        self.modelSignature = modelSignature
        self.now = now
        self.hasNormalSound = hasNormalSound
        self.evidence = evidence
        trends = TrendDesk(board: outlooks)
        self.worked = worked
        self.finished = finished
        self.logger = logger
    }

    /// Takes up the machines of a configuration where the trend log left them, and tells their retained topics.
    func open(_ configuration: ServiceConfiguration) async throws {
        try await store.register(
            configuration.machines.compactMap { machine in
                configuration.vocabulary(of: machine).map { vocabulary in
                    MachineRegistration(
                        machine: machine.id,
                        site: configuration.site,
                        profile: machine.profile,
                        labels: vocabulary.labels
                    )
                }
            }
        )
        let trackers = try await store.reader.trackers()
        let records = try await store.reader.alarms(includingNormal: true)
        let before = monitors
        var storedTrends: [String: TrendFollower] = [:]
        monitors = [:]
        for machine in configuration.machines {
            guard let vocabulary = configuration.vocabulary(of: machine) else { continue }
            var monitor = MachineMonitor(
                machine: machine.id,
                vocabulary: vocabulary,
                rules: machine.rules,
                startingAt: now(),
                followsNovelty: hasNormalSound(machine.id),
                context: machine.context.policy
            )
            let orphans: [AlarmRecord]
            if let present = before[machine.id]?.snapshot {
                orphans = try monitor.restore(present)
            } else {
                if let stored = trackers.first(where: { $0.machine == machine.id }) {
                    storedTrends[machine.id] = restore(&monitor, from: stored)
                }
                orphans = try monitor.restore(records: records.filter { $0.machine == machine.id })
            }
            for orphan in orphans {
                logger.warning(
                    """
                    \(machine.id): the alarm "\(orphan.label)" is \(orphan.state.rawValue), but its label is no longer \
                    configured; it stays in the trend log and is not followed
                    """
                )
            }
            monitors[machine.id] = monitor
        }
        trends.open(configuration.trend, monitors: monitors, stored: storedTrends)
        takeOffTopics(of: before, notIn: monitors)
        for monitor in monitors.values { try tellAll(monitor) }
        feed.open(configuration, monitors: monitors) { board[$0] }
    }

    /// A tracker state of another version costs a run in progress, never an alarm: those have rows of their own.
    ///
    /// - Returns: the trends stored with it.
    private func restore(_ monitor: inout MachineMonitor, from stored: TrackerSnapshot) -> TrendFollower? {
        do {
            let tracker = try JSONDecoder().decode(StoredTracker.self, from: stored.state)
            _ = try monitor.restore(tracker.monitor)
            return tracker.trend
        } catch {
            logger.warning("\(stored.machine): its stored run cannot be continued and starts anew: \(error)")
            return nil
        }
    }

    /// Works until the inputs end.
    func run(_ inputs: AsyncStream<DeskInput>) async {
        for await input in inputs {
            await handle(input)
            worked()
        }
    }

    private func handle(_ input: DeskInput) async {
        switch input {
        case .window(let window):
            await take(window)
            finished(window.observation.machine)
        case .stream(.heard(let machine, let time)):
            await act(machine) { $0.streamRestored(at: time) }
        case .stream(.lost(let machine, let time)):
            await act(machine) { $0.streamLost(at: time) }
        case .stream(.stretched):
            for monitor in monitors.values { tellState(monitor) }
        case .tick:
            let time = now()
            for machine in monitors.keys.sorted() {
                await followNovelty(machine)
                await act(machine) { $0.tick(now: time) }
                tellDrops(machine)
            }
        case .forecasts(let machine, let forecasts):
            await take(forecasts, of: machine)
        case .event(let event):
            await act(event.machine) { _ in [.event(event)] }
        case .command(let command, let machine, let origin, let reply):
            await reply(await carryOut(command, machine: machine, from: origin))
        case .context(let machine, let signal, let value):
            let time = now()
            await act(machine) { $0.take(value, ofSignal: signal, at: time) }
        case .reconfigure(let configuration):
            do { try await open(configuration) } catch { logger.error("reload: \(error)") }
        }
    }

    private func take(_ window: JudgedWindow) async {
        let machine = window.observation.machine
        await followNovelty(machine)
        guard var monitor = monitors[machine] else { return }
        let verdict = monitor.verdict(on: window.observation)
        let actions = monitor.observe(window.observation, receivedAt: window.received)
        monitors[machine] = monitor
        trends.observe(window.observation, verdict: verdict, of: monitor)
        let judged = WindowRecord(
            observation: window.observation,
            verdict: verdict,
            model: modelSignature,
            latencyMS: max(0, now().timeIntervalSince(window.received) * 1000),
            embedding: window.heard?.embedding,
            descriptor: (window.heard?.descriptor).map {
                SoundDescriptor(version: AcousticDescriptor.currentVersion, values: $0.values)
            }
        )
        await record(monitor, window: judged, actions: actions, inferenceSeconds: window.inferenceSeconds)
    }

    /// Follows change as soon as the judge can tell of it, and no longer than it can.
    private func followNovelty(_ machine: String) async {
        let follows = hasNormalSound(machine)
        let time = now()
        await act(machine) { $0.followNovelty(follows, at: time) }
    }

    private func take(_ forecasts: [LabelID: TrendForecast], of machine: String) async {
        guard let monitor = monitors[machine] else { return }
        let events = trends.take(forecasts, of: monitor)
        if !events.isEmpty { await record(monitor, window: nil, actions: events.map { .event($0) }) }
        tellState(monitor)
    }

    private func act(_ machine: String, _ change: (inout MachineMonitor) -> [HealthAction]) async {
        guard var monitor = monitors[machine] else { return }
        let actions = change(&monitor)
        monitors[machine] = monitor
        if !actions.isEmpty { await record(monitor, window: nil, actions: actions) }
    }

    func record(
        _ monitor: MachineMonitor,
        window: WindowRecord?,
        actions: [HealthAction],
        inferenceSeconds: Double? = nil,
        ordered: OperatorAction? = nil
    ) async {
        for case .event(let event) in actions { logger.notice("\(event.message)") }
        do {
            try await publisher.record(
                window: window,
                actions: actions,
                tracker: TrackerSnapshot(
                    machine: monitor.machine,
                    state: try JSONEncoder().encode(
                        StoredTracker(monitor: monitor.snapshot, trend: trends[monitor.machine])
                    ),
                    time: now()
                ),
                stream: board[monitor.machine],
                outlook: trends.outlook(monitor),
                ordered: ordered,
                picture: picture(monitor, at: window?.observation.end),
                name: { monitor.vocabulary[$0]?.name }
            )
        } catch {
            logger.error("\(monitor.machine): \(error)")
        }
        // A record that is told and not kept is followed no longer: its topic goes, too.
        for case .recordChanged(let alarm) in actions
        where !monitor.records.contains(where: { $0.label == alarm.label }) {
            publisher.retained.remove(publisher.profile.topics.fault(machine: monitor.machine, label: alarm.label))
        }
        evidence?.notice(window: window, actions: actions, of: monitor)
        feed.note(
            monitor,
            window: window,
            actions: actions,
            stream: board[monitor.machine],
            inferenceSeconds: inferenceSeconds
        )
    }

    private func tellAll(_ monitor: MachineMonitor) throws {
        for record in monitor.records {
            let name = monitor.vocabulary[record.label]?.name
            publisher.retain(try publisher.profile.faultMessage(record, name: name))
        }
        publisher.retain(try stateMessage(monitor))
        publisher.show(picture(monitor))
    }

    /// The machine as further publish profiles see it.
    private func picture(_ monitor: MachineMonitor, at time: Date? = nil) -> MachinePicture {
        MachinePicture(monitor, stream: board[monitor.machine], model: modelSignature, time: time ?? now())
    }

    private func stateMessage(_ monitor: MachineMonitor) throws -> OutgoingMessage {
        try publisher.profile.stateMessage(
            monitor.health,
            stream: board[monitor.machine],
            outlook: trends.outlook(monitor)
        )
    }

    /// Chunks that are refused change nothing about a machine's health, and yet an operator has to see them counted.
    private func tellDrops(_ machine: String) {
        let dropped = board[machine].droppedChunks
        guard let monitor = monitors[machine], dropped != (toldDrops[machine] ?? 0) else { return }
        toldDrops[machine] = dropped
        tellState(monitor)
    }

    private func tellState(_ monitor: MachineMonitor) {
        feed.note(monitor, window: nil, actions: [], stream: board[monitor.machine])
        do {
            publisher.retain(try stateMessage(monitor))
            publisher.show(picture(monitor))
        } catch {
            logger.error("\(monitor.machine): \(error)")
        }
    }

    private func takeOffTopics(of before: [String: MachineMonitor], notIn after: [String: MachineMonitor]) {
        let topics = publisher.profile.topics
        for (machine, monitor) in before {
            let kept = Set(after[machine]?.records.map(\.label) ?? [])
            for record in monitor.records where !kept.contains(record.label) {
                publisher.retained.remove(topics.fault(machine: machine, label: record.label))
            }
            guard after[machine] == nil else { continue }
            publisher.retained.remove(topics.state(machine: machine))
            publisher.forget(machine: machine)
        }
    }
}
