// The box as a Sparkplug B edge node: one loop that gives births, data and deaths in their order. docs/sparkplug.md
import Foundation
import Logging
import MQTT
import MachineHealth
import SparkplugB
import TrendLog

/// The Sparkplug publish profile. Events wait in the outbox; all other values are told as they are when somebody listens.
public actor SparkplugNode: PublishProfile {
    /// The outbox target of this profile's events.
    public static let target = "sparkplug"

    /// Carries out what a host orders of a machine.
    public typealias Commander =
        @Sendable (OperatorCommand, _ machine: String, _ reply: @escaping @Sendable (CommandResult) async -> Void) ->
        Void

    let settings: SparkplugSettings
    let store: TrendLogStore
    let command: Commander
    let now: @Sendable () -> Date
    let logger: Logger
    let inbox = SparkplugInbox()
    private let numbers: BirthDeathNumbers
    private let origin = ContinuousClock.now
    private let finished = AsyncStream.makeStream(of: Void.self)

    var session: EdgeSession
    var pictures: [String: MachinePicture] = [:]
    private var node = ReportedMetrics()
    private var devices: [String: ReportedMetrics] = [:]
    /// Per device the last outbox row whose event its birth showed. Up to it stored events are history, behind it news.
    private var lastRowBeforeBirth: [String: Int64] = [:]
    /// The last outbox row from before this node ran.
    private var lastRowBeforeRun: Int64 = 0
    /// Whether the outbox may hold events that can be sent.
    private var hasStoredEvents = true
    private var connection: SparkplugConnection?
    private var connectionTask: Task<Void, Never>?
    private var attempt = 0
    private var lastHost: (state: HostState, attempt: Int)?
    private var hasStarted = false
    private var isClosing = false

    /// Makes a node; nothing is sent before `run`.
    ///
    /// - Parameters:
    ///   - store: holds the outbox.
    ///   - command: takes a host's orders; answers come through its reply.
    ///   - now: the present time.
    public init(
        _ settings: SparkplugSettings,
        store: TrendLogStore,
        now: @escaping @Sendable () -> Date,
        logger: Logger,
        command: @escaping Commander
    ) {
        self.settings = settings
        self.store = store
        self.now = now
        self.logger = logger
        self.command = command
        numbers = BirthDeathNumbers(file: settings.sequenceFile, logger: logger)
        session = EdgeSession(waitsForHost: settings.primaryHost != nil)
    }

    // MARK: - PublishProfile

    public nonisolated func deliveries(of event: HealthEvent, in picture: MachinePicture) -> [OutboxDelivery] {
        let payload = SparkplugPayload(
            timestampMS: event.time.sparkplugMS,
            metrics: SparkplugMapping.event(event, in: picture)
        )
        let topic = settings.name.topic(.deviceData, device: event.machine)
        return [OutboxDelivery(target: Self.target, topic: topic, payload: payload.encoded(), qos: 0)]
    }

    public nonisolated func show(_ picture: MachinePicture) { inbox.put(picture) }

    public nonisolated func forget(machine: String) { inbox.forget(machine) }

    public func run() async {
        hasStarted = true
        await trying { self.lastRowBeforeRun = try await self.store.lastOutboxRow(target: Self.target) ?? 0 }
        connect()
        let housekeeping = Task { [inbox] in
            while !Task.isCancelled {
                try? await Task.sleep(for: .seconds(60))
                inbox.put(.time)
            }
        }
        for await _ in inbox.signal.rings {
            await handle(inbox.take())
            if isClosing { break }
        }
        housekeeping.cancel()
        await disconnect()
        finished.continuation.finish()
    }

    public func close() async {
        guard hasStarted else { return }
        inbox.put(.close)
        for await _ in finished.stream {}
    }

    // MARK: - The loop

    var uptimeMS: Int { Int((ContinuousClock.now - origin) / .milliseconds(1)) }

    private func handle(_ batch: SparkplugInbox.Batch) async {
        let redefined = take(batch)
        // What happened to a device is told before its death.
        await trying { try await self.sendStored() }
        await trying { try await self.perform(self.session.devices(self.liveDevices, redefined: redefined)) }
        for news in batch.news { await trying { try await self.take(news) } }
        await trying { try await self.sendData() }
        if inbox.isUrgent { inbox.signal.ring() }
    }

    /// Carries out one step. Each by itself: what comes after a lost connection is the next connection.
    private func trying(_ step: () async throws -> Void) async {
        do {
            try await step()
        } catch let error as TrendLogError {
            logger.error("sparkplug: \(error)")
        } catch {
            // The client connects again by itself, and births follow.
            if session.phase != .offline { logger.info("sparkplug: \(error)") }
            session.disconnected()
        }
    }

    private func take(_ news: SparkplugInbox.News) async throws {
        switch news {
        case .connected(let attempt): try await begin(attempt: attempt)
        case .disconnected: session.disconnected()
        case .host(let state, let attempt):
            let host = settings.primaryHost ?? ""
            logger.notice("sparkplug: primary host \(host) is \(state.online ? "online" : "offline")")
            lastHost = (state, attempt)
            if attempt == self.attempt { try await perform(session.host(state, atMS: uptimeMS)) }
        case .command(let message): try await perform(take(message))
        case .result(let machine, let text):
            devices[machine]?.set(SparkplugMapping.commandResult, .string(text), at: now())
        case .wake: try await perform(session.tick(atMS: uptimeMS))
        case .time:
            await trim()
            hasStoredEvents = true
            // Should a step have failed for another reason than the connection, it is taken up again.
            if session.phase == .offline, connection?.isConnected == true { try await begin(attempt: numbers.attempts) }
        case .close:
            isClosing = true
            try await sendData()
        }
    }

    private func begin(attempt: Int) async throws {
        self.attempt = attempt
        logger.info("sparkplug: connected, bdSeq \(numbers.current)")
        try await perform(session.connected(atMS: uptimeMS))
        // The network thread may hand over the host's word before the news of the connection it came on.
        if let lastHost, lastHost.attempt == attempt {
            try await perform(session.host(lastHost.state, atMS: uptimeMS))
        }
    }

    /// Takes pictures over; returns the devices that have other metrics than before.
    private func take(_ batch: SparkplugInbox.Batch) -> Set<String> {
        var redefined: Set<String> = []
        for machine in batch.forgotten {
            pictures[machine] = nil
            devices[machine] = nil
        }
        for var picture in batch.pictures.values {
            let machine = picture.machine
            picture.event = picture.event ?? pictures[machine]?.event
            hasStoredEvents = hasStoredEvents || batch.pictures[machine]?.event != nil
            pictures[machine] = picture
            let result = Metric(
                name: SparkplugMapping.commandResult,
                timestampMS: picture.time.sparkplugMS,
                dataType: .string,
                value: devices[machine]?.value(of: SparkplugMapping.commandResult) ?? .string(""),
                properties: .quality(.good)
            )
            if devices[machine, default: ReportedMetrics()].take(SparkplugMapping.device(picture) + [result]) {
                redefined.insert(machine)
            }
        }
        let metrics = SparkplugMapping.node(
            version: settings.version,
            machines: pictures.count,
            online: liveDevices.count,
            time: now()
        )
        _ = node.take(metrics)
        return redefined
    }

    var liveDevices: Set<String> { Set(pictures.filter { $0.value.health.isOnline }.keys) }

    func perform(_ actions: [SessionAction]) async throws {
        for action in actions {
            switch action {
            case .nodeBirth:
                let time = now()
                let metrics = node.birth() + [SparkplugMapping.birthDeath(numbers.current, time: time)]
                try await send(.nodeBirth, metrics: metrics)
            case .deviceBirth(let device):
                lastRowBeforeBirth[device] = try await lastRowShown(of: device)
                hasStoredEvents = true
                try await send(.deviceBirth, device: device, metrics: devices[device]?.birth() ?? [])
            case .deviceDeath(let device):
                try await send(.deviceDeath, device: device, metrics: [])
            case .sendData: try await sendData()
            case .leave:
                logger.notice("sparkplug: leaving; events wait in the trend log")
                await disconnect()
                if !isClosing { connect() }
            case .wake(let milliseconds):
                Task { [inbox] in
                    try? await Task.sleep(for: .milliseconds(milliseconds))
                    inbox.put(.wake)
                }
            }
        }
    }

    // MARK: - Sending

    private func sendData() async throws {
        try await sendStored()
        guard session.takesData, !inbox.isUrgent || isClosing else { return }
        let nodeChanges = node.changes()
        if !nodeChanges.isEmpty { try await send(.nodeData, metrics: nodeChanges) }
        for device in session.bornDevices.sorted() {
            let changes = devices[device]?.changes() ?? []
            if !changes.isEmpty { try await send(.deviceData, device: device, metrics: changes) }
        }
    }

    /// The last outbox row that a device's picture knows of. One that is there no more was sent or given up with all
    /// before it.
    private func lastRowShown(of device: String) async throws -> Int64 {
        guard let event = pictures[device]?.event else { return lastRowBeforeRun }
        return try await store.lastOutboxRow(target: Self.target, event: event.id) ?? 0
    }

    /// Sends the events that wait: as history where the birth showed them or what came after them, else as news. A row
    /// is done when the broker is known to have it.
    private func sendStored() async throws {
        var last: Int64 = 0
        while hasStoredEvents, session.takesData, !session.bornDevices.isEmpty {
            let topics = session.bornDevices.map { settings.name.topic(.deviceData, device: $0) }
            let rows = try await store.pendingMessages(
                target: Self.target,
                topics: topics,
                after: last,
                limit: Self.batchSize
            )
            guard let newest = rows.last else {
                hasStoredEvents = false
                return
            }
            for row in rows { try await send(row) }
            try await connection?.confirm(attempt: attempt)
            try await store.markSent(rows.map(\.id), at: now())
            last = newest.id
            if inbox.isUrgent, !isClosing { return }
        }
    }

    private static let batchSize = 250

    private func send(_ row: OutboxMessage) async throws {
        guard case .device(_, _, _, let device) = SparkplugTopic(row.topic) else { return }
        var payload: SparkplugPayload
        do {
            payload = try SparkplugPayload(decoding: row.payload)
        } catch {
            logger.error("sparkplug: stored event \(row.eventID.text) cannot be read and is given up: \(error)")
            return
        }
        let isHistory = row.id <= lastRowBeforeBirth[device, default: 0]
        for index in payload.metrics.indices { payload.metrics[index].isHistorical = isHistory }
        try await send(.deviceData, device: device, metrics: payload.metrics)
        if !isHistory { devices[device]?.wereSent(payload.metrics) }
    }

    private func send(_ type: MessageType, device: String? = nil, metrics: [Metric]) async throws {
        guard let connection else { return }
        let payload = SparkplugPayload(
            timestampMS: now().sparkplugMS,
            metrics: metrics,
            sequence: session.takeSequence(for: type)
        )
        let topic = device.map { settings.name.topic(type, device: $0) } ?? settings.name.topic(type)
        try await connection.publish(payload.encoded(), to: topic, attempt: attempt)
    }

    private func trim() async {
        do {
            let lost = try await store.trimOutbox(target: Self.target, keeping: settings.maximumStoredEvents)
            if lost > 0 {
                logger.warning("sparkplug: \(lost) stored events given up, oldest first: no host listened for too long")
            }
        } catch {
            logger.error("sparkplug: \(error)")
        }
    }

    // MARK: - Connection

    private func connect() {
        do {
            let connection = try SparkplugConnection(settings, numbers: numbers, inbox: inbox, now: now, logger: logger)
            self.connection = connection
            connectionTask = Task { [logger] in
                do { try await connection.run() } catch { logger.error("sparkplug: \(error)") }
            }
        } catch {
            logger.error("sparkplug: \(error)")
        }
    }

    private func disconnect() async {
        session.disconnected()
        await connection?.leave(at: now())
        // A client that hangs in a TCP handshake is left to itself.
        connectionTask?.cancel()
        await connectionTask?.value
        connection = nil
        connectionTask = nil
    }
}
