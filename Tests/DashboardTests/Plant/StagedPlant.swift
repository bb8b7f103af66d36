// A plant without a broker: real monitors and a real trend log, moved by the test window by window.
import BrokerSupport
import Dashboard
import Foundation
import Hummingbird
import HummingbirdTesting
import Logging
import MachineHealth
import Publishing
import Synchronization
import Testing
import TrendLog

/// Machines a test talks to directly, committed as the service commits them.
final class StagedPlant: PlantSource {
    static let normal = LabelID("normal")
    static let oil = LabelID("bearing-lacking-oil")
    static let valve = LabelID("valve-plate-broken")
    static let hopSeconds = 5.0
    static let lengthSeconds = 10.0
    /// 2026-11-22T10:00:00Z, a whole hour.
    static let start = Date(timeIntervalSince1970: 1_795_341_600)

    private struct State {
        var order: [String] = []
        var monitors: [String: MachineMonitor] = [:]
        var machines: [String: LiveMachine] = [:]
        var mailboxes: [ObjectIdentifier: PlantMailbox] = [:]
        var now = StagedPlant.start
        var status: (inout PlantStatus) -> Void = { _ in }
    }

    let folder: URL
    let store: TrendLogStore
    /// How many listen, each time somebody comes or goes.
    let listenerCounts = Inbox<Int>()
    private let profile: JSONProfile
    private let state = Mutex(State())

    init(_ ids: [String] = ["compressor-1", "compressor-2"]) async throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "ausculta-dashboard-\(UUID().uuidString)"
        )
        store = try TrendLogStore(url: folder.appendingPathComponent("trend.sqlite"))
        profile = JSONProfile(topics: try TopicScheme(site: "plant1"))
        let vocabulary = try Self.vocabulary()
        try await store.register(
            ids.map {
                MachineRegistration(machine: $0, site: "plant1", profile: "compressor", labels: vocabulary.labels)
            }
        )
        state.withLock { state in
            state.order = ids
            for id in ids {
                let monitor = MachineMonitor(
                    machine: id,
                    vocabulary: vocabulary,
                    rules: TrendRules(),
                    startingAt: Self.start
                )
                state.monitors[id] = monitor
                state.machines[id] = LiveMachine(description: Self.description(id, vocabulary), monitor: monitor)
            }
        }
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    private static func vocabulary() throws -> LabelVocabulary {
        func label(_ id: LabelID, _ en: String, _ zh: String, _ kind: LabelKind, _ severity: Severity) -> Label {
            Label(id: id, name: LocalizedName(["en": en, "zh": zh]), kind: kind, severity: severity, prompts: [en])
        }
        return try LabelVocabulary(
            profile: "compressor",
            labels: [
                label(normal, "Normal running", "正常运行", .normal, .warning),
                label(oil, "Bearing lacking oil", "轴承缺油", .fault, .warning),
                label(valve, "Valve plate broken", "阀片破裂", .fault, .critical),
            ]
        )
    }

    private static func description(_ id: String, _ vocabulary: LabelVocabulary) -> MachineDescription {
        MachineDescription(
            id: id,
            name: LocalizedName(["en": "Machine \(id)", "zh": "机器 \(id)"]),
            vocabulary: vocabulary,
            rules: TrendRules(),
            windowLengthSeconds: lengthSeconds,
            hopSeconds: hopSeconds,
            topic: "ausculta/plant1/\(id)/audio",
            keepsSound: false
        )
    }

    /// The time of the plant; the API takes it for the present.
    var now: Date { state.withLock { $0.now } }

    // MARK: - Moving it

    /// Hears a window: scores for normal, oil and valve; nil for one with too much missing. With a novelty the machine's
    /// normal sound is enrolled.
    func hear(_ machine: String, at start: Date, _ scores: [Double]?, novelty: Novelty? = nil) async throws {
        let labels = [Self.normal, Self.oil, Self.valve]
        let observation = Observation(
            machine: machine,
            start: start,
            end: start.addingTimeInterval(Self.lengthSeconds),
            scores: scores.map { zip(labels, $0).map { LabelScore(label: $0, confidence: $1) } } ?? [],
            levelDBFS: scores == nil ? -160 : -24.5,
            missingFraction: scores == nil ? 0.4 : 0,
            quality: scores == nil ? .incomplete : .good,
            novelty: novelty
        )
        let (monitor, actions, verdict) = try state.withLock { state in
            var monitor = try #require(state.monitors[machine])
            let verdict = monitor.verdict(on: observation)
            var actions = monitor.streamRestored(at: start)
            if novelty != nil { actions += monitor.followNovelty(true, at: start) }
            actions += monitor.observe(observation)
            state.monitors[machine] = monitor
            state.now = max(state.now, observation.end)
            return (monitor, actions, verdict)
        }
        let record = WindowRecord(observation: observation, verdict: verdict, model: "tiny@1234", latencyMS: 40)
        try await commit(monitor, record, actions)
    }

    /// A run of equal windows, a hop apart. Returns the time after the last start.
    @discardableResult
    func hear(_ machine: String, from start: Date, count: Int, _ scores: [Double]?) async throws -> Date {
        for index in 0..<count {
            try await hear(machine, at: start.addingTimeInterval(Double(index) * Self.hopSeconds), scores)
        }
        return start.addingTimeInterval(Double(count) * Self.hopSeconds)
    }

    /// Lets a machine's stream stop.
    func lose(_ machine: String, at time: Date) async throws {
        let (monitor, actions) = try state.withLock { state in
            var monitor = try #require(state.monitors[machine])
            let actions = monitor.streamLost(at: time)
            state.monitors[machine] = monitor
            state.now = max(state.now, time)
            return (monitor, actions)
        }
        try await commit(monitor, nil, actions)
    }

    func setNow(_ time: Date) { state.withLock { $0.now = time } }

    /// Ends every listener's stream, as a service that stops does.
    func close() {
        let mailboxes = state.withLock { Array($0.mailboxes.values) }
        for mailbox in mailboxes { mailbox.finish() }
    }

    private func commit(_ monitor: MachineMonitor, _ window: WindowRecord?, _ actions: [HealthAction]) async throws {
        let plan = try profile.plan(window: window, actions: actions) { monitor.vocabulary[$0]?.name }
        try await store.commit(plan.commit)
        let machine = monitor.machine
        let alarms = actions.compactMap { action -> UUID? in
            guard case .transition(let transition) = action else { return nil }
            return transition.alarmID
        }
        state.withLock { state in
            let stream = StreamStatus(droppedChunks: 3, lastChunk: state.now, gaps: 1)
            state.machines[machine]?.follow(monitor, stream: stream)
            let live = window.map { LiveWindow(observation: $0.observation, verdict: $0.verdict) }
            if let live { state.machines[machine]?.take(live, latencySeconds: 0.04) }
            for mailbox in state.mailboxes.values {
                mailbox.put { changes in
                    changes.machines.insert(machine)
                    changes.alarms += alarms
                    if let live, mailbox.machine == machine { changes.windows.append(live) }
                }
            }
        }
    }

    // MARK: - PlantSource

    var machines: [LiveMachine] { state.withLock { state in state.order.compactMap { state.machines[$0] } } }

    func machine(_ id: String) -> LiveMachine? { state.withLock { $0.machines[id] } }

    func subscribe(windowsOf machine: String?) -> PlantMailbox {
        let mailbox = PlantMailbox(windowsOf: machine)
        state.withLock { state in
            state.mailboxes[ObjectIdentifier(mailbox)] = mailbox
            listenerCounts.put(state.mailboxes.count)
        }
        return mailbox
    }

    func unsubscribe(_ mailbox: PlantMailbox) {
        state.withLock { state in
            state.mailboxes[ObjectIdentifier(mailbox)] = nil
            listenerCounts.put(state.mailboxes.count)
        }
        mailbox.finish()
    }

    var listenerCount: Int { state.withLock { $0.mailboxes.count } }

    /// Waits until so many listen.
    func waitForListeners(_ count: Int) async throws {
        try await listenerCounts.wait(for: "\(count) listeners") { $0.last == count }
    }

    func carryOut(_ command: OperatorCommand, from origin: CommandOrigin) async -> CommandResult {
        let order: AlarmCommand
        switch command {
        case .acknowledge(let id, let user, let comment):
            order = AlarmCommand(.acknowledge, target: .instance(id), user: user, comment: comment)
        case .alarm(let command): order = command
        default: return .refused(command, error: "unknown")
        }
        guard let alarmID = order.alarmID else { return .refused(command, error: "no alarm id") }
        let found = state.withLock { state -> (MachineMonitor, Result<[HealthAction], AlarmOrderRefusal>)? in
            guard
                let id = state.order.first(where: { id in
                    state.monitors[id]?.records.contains { $0.alarmID == alarmID } ?? false
                }), var monitor = state.monitors[id]
            else { return nil }
            let time = state.now
            let result = monitor.carryOut(
                order.order,
                on: order.target,
                user: order.user ?? origin.description,
                comment: order.comment,
                at: time
            )
            state.monitors[id] = monitor
            return (monitor, result)
        }
        guard let (monitor, result) = found else { return .refused(command, error: "there is no such alarm") }
        switch result {
        case .failure(let refusal): return .refused(command, machine: monitor.machine, error: refusal.reason)
        case .success(let actions):
            let ordered = OperatorAction(
                time: now,
                command: command.name,
                machine: monitor.machine,
                alarmID: alarmID,
                user: order.user ?? origin.description,
                origin: origin.description,
                isDone: true,
                outcome: "done"
            )
            do {
                try await commit(monitor, nil, actions)
                try await store.commit(WindowCommit(operatorActions: [ordered]))
            } catch {
                return .refused(command, error: "\(error)")
            }
            return .done(
                command,
                machine: monitor.machine,
                message: "acknowledged by \(order.user ?? origin.description)"
            )
        }
    }

    func status() async -> PlantStatus {
        var windows = PlantStatus.Windows()
        windows.total = 7
        windows.perSecond = 1.4
        windows.latencySeconds = [0.04, 0.05, 0.2]
        windows.inferenceSeconds = [0.01, 0.02]
        windows.inference.observe(0.01)
        windows.inference.observe(0.02)
        return PlantStatus(
            site: "plant1",
            node: "edge-1",
            version: "0.0.1",
            started: Self.start,
            now: now,
            language: "en",
            broker: .init(url: "mqtt://127.0.0.1:1883", state: .disconnected, detail: "refused", since: Self.start),
            outbox: try? await store.reader.outboxStatus(),
            liveMessagesLost: 0,
            queuedChunks: Dictionary(uniqueKeysWithValues: machines.enumerated().map { ($1.description.id, 3 + $0) }),
            windows: windows,
            model: .init(
                name: "tiny",
                signature: "tiny@1234",
                instructionSet: "avx2",
                workers: 2,
                embeddingDimension: 512,
                card: "# A \"card\"\n"
            ),
            store: .init(
                path: store.url.path,
                bytes: 4_096,
                freeBytes: 5_000_000_000,
                retainSeconds: 7_776_000,
                commitsWaiting: 0
            ),
            clips: nil,
            residentBytes: 50_000_000,
            threads: 9
        )
    }
}

/// Notes who asks, as the access middleware does; a header says with which role, "none" for nobody.
struct TestAccess: RouterMiddleware {
    /// Any header will do.
    static let roleHeader = HTTPFields.Element.Name.from

    var name = "wang"

    func handle(
        _ request: Request,
        context: APIContext,
        next: (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        let header = request.headers[Self.roleHeader]
        if header != "none" {
            let role = header.flatMap(Identity.Role.init(rawValue:)) ?? .operator
            context.identity = Identity(name: name, role: role)
        }
        return try await next(request, context)
    }
}

extension StagedPlant {
    /// The application with every route of this room.
    func application(user: String = "wang", limits: EventRoutes.Limits = .init()) -> some ApplicationProtocol {
        let router = Router(context: APIContext.self)
        router.add(middleware: TestAccess(name: user))
        let reader = store.reader
        let clock: @Sendable () -> Date = { self.now }
        let routes: [any APIRoutes] = [
            MachineRoutes(plant: self, reader: reader, now: clock),
            TrendRoutes(plant: self, reader: reader, now: clock),
            AlarmRoutes(plant: self, reader: reader, now: clock),
            AlarmInsightRoutes(plant: self, reader: reader, now: clock), SystemRoutes(plant: self),
            EventRoutes(plant: self, reader: reader, limits: limits, now: clock), MetricsRoutes(plant: self),
        ]
        for room in routes { room.add(to: router) }
        return Application(
            router: router,
            configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            logger: Logger(label: "ausculta.test") { _ in SwiftLogNoOpLogHandler() }
        )
    }

    /// Asks for a JSON document.
    func json(_ path: String, _ client: some TestClientProtocol) async throws -> [String: Any] {
        let response = try await client.execute(uri: path, method: .get)
        #expect(response.status == .ok, "\(path): \(String(buffer: response.body))")
        let value = try JSONSerialization.jsonObject(with: Data(response.body.readableBytesView))
        return try #require(value as? [String: Any])
    }
}
