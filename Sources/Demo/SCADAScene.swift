// The parts of `ausculta demo --scada`: a broker, the service as a process of its own that can be killed, and one machine.
import AudioSending
import EdgeService
import Foundation
import Logging
import MQTT
import MachineSimulator
import Publishing
import Synchronization

/// A running SCADA scene. `start`, then `breakMachine` and `mendMachine` as the story goes, `killService`, `stop`.
public final class SCADAScene: Sendable {
    /// The machine.
    public static let machine = "compressor-1"
    /// The edge node.
    public static let node = "demo"

    /// Where the broker listens.
    public var brokerURL: String { "mqtt://\(broker.address.host):\(broker.port)" }
    /// The broker.
    public var address: BrokerAddress { broker.address }
    /// Folder of configuration, trend log and the service's log; removed by `stop`.
    public let folder: URL

    private let broker: LocalBroker
    private let seed: UInt64
    private let service = Mutex<Process?>(nil)
    private let sound = Mutex<Task<Void, Never>?>(nil)

    /// Starts the broker.
    public init(_ options: DemoOptions) async throws {
        let name = "ausculta-scada-\(ProcessInfo.processInfo.processIdentifier)"
        folder = options.folder ?? FileManager.default.temporaryDirectory.appendingPathComponent(name)
        seed = options.seed
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        broker = try LocalBroker(LocalBroker.Settings(port: options.port))
        try await broker.start()
        let model = options.modelDirectory.map { "model: {path: \"\($0)\"}\n" } ?? ""
        let yaml = """
            # Written by `ausculta demo --scada`.
            site: \(DemoOptions.site)
            node: \(Self.node)
            broker: {url: "\(brokerURL)"}
            publish: {sparkplug: {primary_host: \(SCADAHost.id)}}
            \(model)window: {length: 5s, hop: 2s}
            rule: {consecutive: 3, clear_after: 3}
            \(DefaultVocabulary.yaml)
            machines:
              - {id: \(Self.machine), profile: \(DefaultVocabulary.profile)}
            store: {path: trend.sqlite, retain: 1d}
            http: {listen: "off"}

            """
        try Data(yaml.utf8).write(to: folder.appendingPathComponent("ausculta.yaml"))
    }

    /// Starts the service.
    ///
    /// - Parameter program: this program's own file.
    public func startService(program: String) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = ["serve", "--config", folder.appendingPathComponent("ausculta.yaml").path]
        let log = folder.appendingPathComponent("service.log")
        try Data().write(to: log)
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle(forWritingAtPath: log.path) ?? FileHandle.nullDevice
        try process.run()
        service.withLock { $0 = process }
    }

    /// Whether the service runs; what it said where it does not.
    public var serviceFailure: String? {
        guard service.withLock({ $0?.isRunning }) == false else { return nil }
        let log = try? String(contentsOf: folder.appendingPathComponent("service.log"), encoding: .utf8)
        return log?.split(separator: "\n").suffix(5).joined(separator: "\n") ?? "it left no log"
    }

    /// Ends the service as a power cut would; returns its process id.
    @discardableResult
    public func killService() -> Int32? {
        let process = service.withLock { service in
            defer { service = nil }
            return service
        }
        guard let process, process.isRunning else { return nil }
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        return process.processIdentifier
    }

    /// Lets the machine run well, or without oil in its bearing; replaces what it sounded like before.
    public func runMachine(isDry: Bool) throws {
        let topics = try TopicScheme(site: DemoOptions.site)
        let client = try MQTTClient(
            MQTTConfiguration(broker: address, clientID: MQTTConfiguration.randomClientID(prefix: "demo-machine")),
            logger: Logger(label: "ausculta.demo") { _ in SwiftLogNoOpLogHandler() }
        )
        let condition = isDry ? MachineCondition(state: .bearingLackingOil) : MachineCondition()
        let sender = SimulatedSender(
            client: client,
            topic: topics.audio(machine: Self.machine),
            settings: SimulationSettings(
                source: .machine(.compressor, .constant(condition)),
                individual: seed,
                sampleRateHz: 16_000
            )
        )
        let task = Task {
            do {
                try client.start()
                try await client.waitUntilConnected()
                try await sender.run()
            } catch {
                // Ends with the scene; a broker that is gone is told by everybody else.
            }
            await client.stop()
        }
        let before = sound.withLock { sound in
            defer { sound = task }
            return sound
        }
        before?.cancel()
    }

    /// Ends everything and takes the folder away where it is temporary.
    public func stop(keepingFolder: Bool) async {
        let task = sound.withLock { sound in
            defer { sound = nil }
            return sound
        }
        task?.cancel()
        await task?.value
        killService()
        broker.stop()
        if !keepingFolder { try? FileManager.default.removeItem(at: folder) }
    }
}
