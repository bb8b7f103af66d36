// The service, wired: broker to inboxes to intake to inference to the health desk, and the way back.
import Acquisition
import AudioFeatures
import CLAP
import Dashboard
import Foundation
import Kernels
import Logging
import MQTT
import MachineHealth
import ModelStore
import Publishing
import Synchronization
import TrendLog

/// A running edge service. `start`, then `stop`; use `EdgeService` to run it with signals and graceful shutdown.
public final class EdgeNode: Sendable {
    /// Software version, as published in the node's status.
    public static let version = "0.1.0"

    /// Windows a machine may have waiting for inference.
    private static let windowsWaitingPerMachine = 4

    let configuration: Mutex<ServiceConfiguration>
    let model: SoundModel
    let store: TrendLogStore
    let client: MQTTClient
    let publisher: HealthPublisher
    let topics: TopicScheme
    private let router: AudioRouter
    private let room: IntakeRoom
    private let desk: HealthDesk
    /// The sound that is kept, and the windows people are asked about.
    let evidence: EvidenceRoom
    private let feed: PlantFeed
    private let face: PlantFace
    let judges = WindowJudges()
    /// The machines' trends as last shown.
    let outlooks = OutlookBoard()
    /// Banks, examples and calibrations.
    let learning: LearningRoom
    let commandSwitch: CommandSwitch
    /// What is told of machines beside their sound.
    private let contextEars: ContextEars
    /// Judges sounds that people bring; yields to the machines.
    public let soundDesk: DeskEars
    private let scheduler: WindowScheduler<WindowJob>
    private let gauge: LoadGauge
    private let meter = PipelineMeter()
    private let workerCount: Int
    private let deskInputs: AsyncStream<DeskInput>
    let deskInput: AsyncStream<DeskInput>.Continuation
    private let inboxes = Mutex<[String: MachineInbox]>([:])
    private let tasks = Mutex(Tasks())
    let now: @Sendable () -> Date
    let logger: Logger
    /// The dashboard, while it runs.
    let dashboard = Mutex<DashboardServer?>(nil)

    private struct Tasks {
        var workers: [Task<Void, Never>] = []
        var intake: [Task<Void, Never>] = []
        var desk: Task<Void, Never>?
        var learning: Task<Void, Never>?
        /// Tickers, command polls, the connection's log: ended by cancellation.
        var housekeeping: [Task<Void, Never>] = []
        var publishing: Task<Void, Never>?
        var audioSubscriptions: [MQTTSubscription] = []
    }

    /// Opens the trend log, loads the model and encodes the labels it does not remember; nothing runs yet.
    ///
    /// - Throws: an error that names the file or setting, what was found and what to do.
    public init(
        _ configuration: ServiceConfiguration,
        logger: Logger,
        now: @escaping @Sendable () -> Date = { Date() }
    ) async throws {
        self.configuration = Mutex(configuration)
        self.logger = logger
        self.now = now
        topics = try TopicScheme(site: configuration.site)
        store = try TrendLogStore(url: URL(fileURLWithPath: configuration.store.path))
        model = try await SoundModel.load(
            directory: configuration.modelDirectory(),
            cache: configuration.derivedCacheFolder,
            precision: configuration.model.precision
        )
        client = try MQTTClient(
            configuration.mqtt(topics: topics, version: Self.version),
            logger: logger
        )
        router = AudioRouter(logger: logger)
        (deskInputs, deskInput) = AsyncStream.makeStream()
        learning = LearningRoom(
            store: store,
            judges: judges,
            model: model.signature,
            now: now,
            logger: logger,
            tell: { [deskInput] event in deskInput.yield(.event(event)) }
        )
        let commandSwitch = CommandSwitch(desk: deskInput, learning: learning)
        self.commandSwitch = commandSwitch
        contextEars = ContextEars(client: client, logger: logger) { [deskInput] machine, signal, value in
            deskInput.yield(.context(machine: machine, signal: signal, value: value))
        }
        let sparkplug = try configuration.sparkplugNode(
            store: store,
            version: Self.version,
            now: now,
            logger: logger,
            command: { commandSwitch.give($0, machine: $1, from: .sparkplug(device: $1), reply: $2) }
        )
        publisher = HealthPublisher(
            profile: JSONProfile(topics: topics),
            profiles: sparkplug.map { [$0] } ?? [],
            retainedProfiles: configuration.retainedProfiles(topics: topics, version: Self.version),
            tellsJSON: configuration.publish.tellsJSON,
            store: store,
            publisher: client,
            logger: logger,
            now: now
        )
        let board = StreamBoard()
        let feed = PlantFeed(configuration)
        self.feed = feed
        workerCount = configuration.model.threads ?? ProcessInfo.processInfo.activeProcessorCount
        let gauge = LoadGauge(workerCount: workerCount, logger: logger)
        self.gauge = gauge
        let scheduler = WindowScheduler<WindowJob>(capacityPerMachine: Self.windowsWaitingPerMachine)
        self.scheduler = scheduler
        let evidence = EvidenceRoom(
            configuration,
            store: store,
            logger: logger,
            now: now,
            reviewChanged: { feed.reviewsChanged(open: $0) }
        )
        self.evidence = evidence
        soundDesk = DeskEars(model: model) { scheduler.depth }
        room = IntakeRoom(
            scheduler: scheduler,
            board: board,
            gauge: gauge,
            now: now,
            logger: logger,
            hear: { evidence.hear($0, $1) },
            tell: { [deskInput] news in deskInput.yield(.stream(news)) }
        )
        desk = HealthDesk(
            publisher: publisher,
            store: store,
            board: board,
            feed: feed,
            modelSignature: model.signature,
            now: now,
            hasNormalSound: { [judges] in judges.hasNormalSound($0) },
            logger: logger,
            evidence: evidence,
            outlooks: outlooks,
            worked: { [meter] in meter.deskInput() },
            finished: { scheduler.finished(machine: $0) }
        )
        face = PlantFace(
            feed: feed,
            inside: PlantFace.Inside(
                reader: store.reader,
                publisher: publisher,
                connection: { [client] in client.connectionState },
                queuedChunks: { [router] in router.queuedChunks },
                queuedWindows: { scheduler.depth },
                droppedWindows: { scheduler.droppedCount },
                hopStretch: { gauge.factor },
                evidence: { [evidence] in await evidence.status() },
                give: { command, origin, reply in
                    commandSwitch.give(command, machine: nil, from: origin, reply: reply)
                }
            ),
            model: model.facts(workerCount: workerCount, instructionSet: InstructionSet.active.rawValue),
            version: Self.version,
            now: now
        )
        judges.replace(with: try Self.judges(configuration, model: model))
    }

    /// The broker connection now.
    public var connectionState: ConnectionState { client.connectionState }

    /// Connection changes, the present state first.
    public var connectionStates: AsyncStream<ConnectionState> { client.connectionStates }

    /// What the stages have done so far.
    var progress: PipelineProgress { meter.progress(windowsWaiting: scheduler.depth) }

    /// The name of a configured machine.
    func machineName(_ id: String) -> LocalizedName? { configuration.withLock { $0.machine(id)?.name } }

    /// Name and hash of the model in use.
    public var modelSignature: String { model.signature }

    /// The node as the dashboard sees it.
    public var plant: any PlantSource { face }

    /// Reads of the trend log, for the dashboard.
    public var trendLog: TrendLogReader { store.reader }

    /// Starts everything. A broker that is not there yet is not an error.
    public func start() async throws {
        let configuration = configuration.withLock { $0 }
        try await withdrawOldCommands()
        // Nobody will send these any more, and unsent rows would keep their events for ever.
        if configuration.publish.sparkplug == nil {
            try await store.trimOutbox(target: SparkplugNode.target, keeping: 0)
        }
        await evidence.open(configuration)
        try await desk.open(configuration)
        await learning.take(configuration, judges: judges.all)
        publisher.retained.set(
            try publisher.profile.nodeStatusMessage(
                node: configuration.node,
                status: .online,
                version: Self.version,
                since: now()
            )
        )
        let workers = try (0..<workerCount).map { number in
            try InferenceWorker(
                number: number,
                model: model,
                judges: judges,
                scheduler: scheduler,
                gauge: gauge,
                logger: logger
            )
        }
        tasks.withLock { tasks in
            tasks.workers = workers.map { worker in
                Task { [deskInput, meter] in
                    await worker.run { window in
                        meter.windowJudged()
                        deskInput.yield(.window(window))
                    }
                }
            }
            tasks.learning = Task { [learning] in await learning.run() }
            tasks.desk = Task { [desk, deskInputs] in await desk.run(deskInputs) }
            tasks.publishing = Task { [publisher] in await publisher.run() }
            tasks.housekeeping = housekeeping()
        }
        try await listen(configuration)
        await contextEars.listen(configuration.machines)
        let commands = topics.commandFilter
        try await client.subscribe(to: commands, qos: .atLeastOnce) { [weak self] message in self?.receive(message) }
        try await openDashboard()
        try client.start()
        FilePages.letGoOfCode()
        logger.notice(
            """
            listening to \(configuration.machines.count) machines of \(configuration.site) with model \
            \(model.signature) in \(model.clap.precision.rawValue), \(workerCount) workers, broker \(configuration.broker.address)
            """
        )
    }

    /// Stops in order, the network first and the data last: what was received is still judged, committed and published.
    public func stop() async {
        await closeDashboard()
        let running = tasks.withLock { tasks in
            defer { tasks = Tasks() }
            return tasks
        }
        feed.close()
        await soundDesk.close()
        for task in running.housekeeping { task.cancel() }
        for subscription in running.audioSubscriptions { subscription.cancel() }
        inboxes.withLock { inboxes in
            for inbox in inboxes.values { inbox.finish() }
        }
        for task in running.intake { await task.value }
        scheduler.close()
        for task in running.workers { await task.value }
        learning.close()
        await running.learning?.value
        deskInput.finish()
        await running.desk?.value
        await evidence.close()
        await room.close()
        await flushOutbox()
        await publisher.close()
        running.publishing?.cancel()
        await running.publishing?.value
        await client.stop(publishingWill: true)
        do { try store.close() } catch { logger.error("\(error)") }
    }

    /// Takes over a changed configuration while running. What needs a restart is left as it is.
    ///
    /// - Returns: what differs, and which of it takes effect only after a restart.
    /// - Throws: where labels cannot be encoded or a topic is impossible; the running configuration then stays in place.
    public func reconfigure(_ new: ServiceConfiguration) async throws -> [ConfigurationChange] {
        let old = configuration.withLock { $0 }
        var accepted = new
        accepted.broker = old.broker
        accepted.store.path = old.store.path
        accepted.model = old.model
        accepted.site = old.site
        accepted.node = old.node
        accepted.http = old.http
        accepted.publish = old.publish
        let fresh = try Self.judges(accepted, model: model)
        let inForce = accepted
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            let isTaken = learning.give(.reload(inForce, fresh) { continuation.resume() })
            if !isTaken { continuation.resume() }
        }
        configuration.withLock { $0 = inForce }
        deskInput.yield(.reconfigure(inForce))
        await evidence.reconfigure(inForce)
        try await listen(inForce, before: old)
        await contextEars.listen(inForce.machines)
        return ServiceConfiguration.diff(old, new)
    }

    // MARK: - Parts

    /// Seats every machine at the intake and subscribes to its audio. A machine whose settings did not change keeps its
    /// seat and its place in the stream.
    private func listen(_ configuration: ServiceConfiguration, before: ServiceConfiguration? = nil) async throws {
        let known = Dictionary(uniqueKeysWithValues: (before?.machines ?? []).map { ($0.id, $0) })
        var current = inboxes.withLock { $0 }
        let boundsChanged = before.map { $0.intake != configuration.intake } ?? false
        for (id, inbox) in current where boundsChanged || configuration.machine(id) == nil {
            inbox.finish()
            current[id] = nil
            await room.unseat(id)
        }
        for machine in configuration.machines {
            if let old = known[machine.id], old.hearsLike(machine), current[machine.id] != nil { continue }
            let inbox = current[machine.id] ?? MachineInbox(maxChunkCount: configuration.intake.queueChunks)
            await room.seat(
                machine.id,
                config: try machine.audio(intake: configuration.intake),
                inbox: inbox,
                lostAfterSeconds: machine.rules.machine.staleAfterSeconds
            )
            if current[machine.id] == nil {
                current[machine.id] = inbox
                let task = Task { [room] in await room.serve(inbox) }
                tasks.withLock { $0.intake.append(task) }
            }
        }
        let seated = current
        inboxes.withLock { $0 = seated }
        try router.replace(configuration.machines, inboxes: seated)

        let filters = AudioRouter.filters(for: configuration.machines, topics: topics)
        let old = tasks.withLock { $0.audioSubscriptions }
        guard filters != old.map(\.filter.text) else { return }
        var subscriptions: [MQTTSubscription] = []
        for filter in filters {
            let subscription = try await client.subscribe(to: filter, qos: .atLeastOnce) { [router, now] message in
                router.deliver(message, at: now())
            }
            subscriptions.append(subscription)
        }
        for subscription in old { subscription.cancel() }
        let new = subscriptions
        tasks.withLock { $0.audioSubscriptions = new }
    }

    /// Called before the client starts: what is told of the connection is told from its first change on.
    private func housekeeping() -> [Task<Void, Never>] {
        let states = client.connectionStates
        return [
            every(.seconds(1)) { [room, evidence, deskInput, meter] in
                await room.tick()
                meter.intakeRound()
                await evidence.keeper.tick()
                deskInput.yield(.tick)
            },
            every(.milliseconds(250)) { [weak self] in await self?.takeStoredCommands() },
            every(.seconds(2)) { [learning] in learning.give(.proposals) },
            every(.seconds(3_600), atOnce: true) { [weak self] in await self?.enforceRetention() },
            every(.seconds(300), atOnce: true) { [weak self] in await self?.forecast() },
            Task { [logger, face] in
                // The first state is that of before the start.
                for await state in states.dropFirst() {
                    face.connectionChanged(state)
                    switch state {
                    case .connected: logger.notice("broker: \(state)")
                    case .connecting, .stopped: logger.debug("broker: \(state)")
                    case .disconnected: logger.warning("broker: \(state); events wait in the trend log")
                    case .refused: logger.error("broker: \(state)")
                    }
                }
            },
        ]
    }

    private func every(
        _ interval: Duration,
        atOnce: Bool = false,
        _ body: @escaping @Sendable () async -> Void
    ) -> Task<Void, Never> {
        Task {
            if atOnce { await body() }
            while !Task.isCancelled {
                do { try await Task.sleep(for: interval) } catch { return }
                await body()
            }
        }
    }

    private func enforceRetention() async {
        let limits = configuration.withLock { $0.store }
        do {
            _ = try await store.enforce(
                RetentionPolicy(maximumAgeSeconds: limits.retainSeconds, maximumBytes: Int64(limits.maxSizeBytes)),
                now: now()
            )
        } catch {
            logger.error("retention: \(error)")
        }
        await evidence.keeper.enforceRetention()
    }

    /// Gives events that were just committed a short while to be acknowledged; what remains is sent after the next start.
    private func flushOutbox() async {
        guard client.connectionState.isConnected else { return }
        publisher.outbox.wake()
        let deadline = ContinuousClock.now + .seconds(2)
        while ContinuousClock.now < deadline {
            guard let status = try? await store.reader.outboxStatus(target: JSONProfile.target), status.pending > 0
            else { return }
            try? await Task.sleep(for: .milliseconds(20))
        }
    }
}
