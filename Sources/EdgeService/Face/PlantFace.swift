// The service as the dashboard may see and ask it: the feed's machines, the service's own facts, operators' commands.
import Dashboard
import Foundation
import MQTT
import MachineHealth
import Publishing
import Synchronization
import TrendLog

/// The dashboard's view of a node.
final class PlantFace: PlantSource {
    /// What the face asks its node for.
    struct Inside: Sendable {
        let reader: TrendLogReader
        let publisher: HealthPublisher
        let connection: @Sendable () -> ConnectionState
        let queuedChunks: @Sendable () -> [String: Int]
        let queuedWindows: @Sendable () -> Int
        let droppedWindows: @Sendable () -> Int
        let hopStretch: @Sendable () -> Int
        let evidence: @Sendable () async -> PlantStatus.Evidence
        /// Hands a command to the desk; false where it takes none any more.
        let give: @Sendable (OperatorCommand, CommandOrigin, @escaping @Sendable (CommandResult) async -> Void) -> Bool
    }

    private let feed: PlantFeed
    private let inside: Inside
    private let model: PlantStatus.Model
    private let version: String
    private let started: Date
    private let now: @Sendable () -> Date
    private let connectionSince: Mutex<(state: ConnectionState, since: Date)>

    init(
        feed: PlantFeed,
        inside: Inside,
        model: PlantStatus.Model,
        version: String,
        now: @escaping @Sendable () -> Date
    ) {
        self.feed = feed
        self.inside = inside
        self.model = model
        self.version = version
        self.now = now
        started = now()
        connectionSince = Mutex((inside.connection(), started))
    }

    var machines: [LiveMachine] { feed.machines }

    func machine(_ id: String) -> LiveMachine? { feed.machine(id) }

    func subscribe(windowsOf machine: String?) -> PlantMailbox { feed.subscribe(windowsOf: machine) }

    func unsubscribe(_ mailbox: PlantMailbox) { feed.unsubscribe(mailbox) }

    /// Takes note of the connection, and tells listeners where it changed.
    func connectionChanged(_ state: ConnectionState) {
        let time = now()
        connectionSince.withLock { known in
            if known.state != state { known = (state, time) }
        }
        feed.systemChanged()
    }

    func status() async -> PlantStatus {
        let configuration = feed.configuration
        let path = configuration.store.path
        let outbox = try? await inside.reader.outboxStatus()
        let store = try? await inside.reader.status()
        let clips = try? await inside.reader.clipTotals()
        let process = ProcessFacts.present()
        var windows = feed.windows
        windows.queued = inside.queuedWindows()
        windows.dropped = inside.droppedWindows()
        windows.hopStretch = inside.hopStretch()
        return PlantStatus(
            site: configuration.site,
            node: configuration.node,
            version: version,
            started: started,
            now: now(),
            language: configuration.language,
            broker: broker(configuration),
            outbox: outbox,
            liveMessagesLost: inside.publisher.liveMessagesLost,
            queuedChunks: inside.queuedChunks(),
            windows: windows,
            model: model,
            store: PlantStatus.Store(
                path: path,
                bytes: (store?.fileBytes ?? 0) + (store?.walBytes ?? 0),
                freeBytes: ProcessFacts.freeBytes(at: path),
                retainSeconds: configuration.store.retainSeconds,
                commitsWaiting: await inside.publisher.commitsWaiting
            ),
            clips: clips.map { PlantStatus.Clips(count: $0.count, bytes: $0.bytes) },
            evidence: await inside.evidence(),
            residentBytes: process.residentBytes,
            threads: process.threads
        )
    }

    func carryOut(_ command: OperatorCommand, from origin: CommandOrigin) async -> CommandResult {
        await withCheckedContinuation { continuation in
            let isTaken = inside.give(command, origin) { continuation.resume(returning: $0) }
            if !isTaken {
                continuation.resume(returning: .refused(command, error: "the service is stopping; nothing was changed"))
            }
        }
    }

    private func broker(_ configuration: ServiceConfiguration) -> PlantStatus.Broker {
        let present = inside.connection()
        let time = now()
        let since = connectionSince.withLock { known in
            if known.state != present { known = (present, time) }
            return known.since
        }
        let (state, detail): (PlantStatus.Broker.State, String?) =
            switch present {
            case .connecting: (.connecting, nil)
            case .connected: (.connected, nil)
            case .disconnected(let reason): (.disconnected, reason)
            case .refused(let reason): (.refused, reason)
            case .stopped: (.stopped, nil)
            }
        return PlantStatus.Broker(
            url: "\(configuration.broker.address)",
            state: state,
            detail: detail,
            since: since
        )
    }
}

extension SoundModel {
    /// What the System page says about the model; its card lies beside its weights.
    func facts(workerCount: Int, instructionSet: String) -> PlantStatus.Model {
        let card = try? String(contentsOf: directory.appendingPathComponent("README.md"), encoding: .utf8)
        return PlantStatus.Model(
            name: name,
            signature: signature,
            instructionSet: instructionSet,
            workers: workerCount,
            embeddingDimension: clap.configuration.projectionDimension,
            card: card.map { String($0.prefix(200_000)) }
        )
    }
}
