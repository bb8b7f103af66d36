// The demo's parts: private broker, configuration, service, simulated machines. Started together, stopped in order.
import AudioSending
import EdgeService
import Foundation
import Logging
import MQTT
import MachineSimulator
import Publishing

/// A running demo scene.
public final class DemoScene: Sendable {
    /// Where the broker listens.
    public let brokerURL: String
    /// Port of the broker.
    public let port: Int
    /// Folder of configuration and trend log.
    public let folder: URL
    /// The configuration the service runs with.
    public let configurationFile: URL
    /// Name and hash of the model.
    public let modelSignature: String

    /// Where browsers reach the dashboard.
    public let dashboardURL: String?

    private let options: DemoOptions
    private let broker: LocalBroker
    private let node: EdgeNode
    private let removesFolder: Bool

    /// Starts the broker and the service. Blocks while the model is loaded.
    ///
    /// - Throws: what keeps the demo from starting, and what to do about it.
    public static func start(_ options: DemoOptions, logger: Logger) async throws -> DemoScene {
        let name = "ausculta-demo-\(ProcessInfo.processInfo.processIdentifier)"
        let folder = options.folder ?? FileManager.default.temporaryDirectory.appendingPathComponent(name)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let broker = try LocalBroker(LocalBroker.Settings(port: options.port))
        try await broker.start()
        do {
            let file = folder.appendingPathComponent("ausculta.yaml")
            let text = yaml(options, brokerURL: "mqtt://\(broker.address.host):\(broker.port)")
            try Data(text.utf8).write(to: file)
            var configuration = try ServiceConfiguration.load(file.path)
            configuration.http.takesAnyPortIfTaken = true
            let node = try await EdgeNode(configuration, logger: logger)
            try await node.start()
            return DemoScene(options: options, broker: broker, node: node, folder: folder, configurationFile: file)
        } catch {
            broker.stop()
            throw error
        }
    }

    private init(
        options: DemoOptions,
        broker: LocalBroker,
        node: EdgeNode,
        folder: URL,
        configurationFile: URL
    ) {
        self.options = options
        self.broker = broker
        self.node = node
        self.folder = folder
        self.configurationFile = configurationFile
        removesFolder = options.folder == nil
        brokerURL = "mqtt://\(broker.address.host):\(broker.port)"
        port = broker.port
        modelSignature = node.modelSignature
        dashboardURL = node.dashboardURL
    }

    /// Lets every machine send its sound until the task is cancelled.
    public func runMachines() async throws {
        let topics = try TopicScheme(site: DemoOptions.site)
        let address = try BrokerAddress(url: brokerURL)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (index, machine) in options.machines.enumerated() {
                let client = try MQTTClient(
                    MQTTConfiguration(broker: address, clientID: "demo-\(machine)"),
                    logger: Logger(label: "ausculta.demo") { _ in SwiftLogNoOpLogHandler() }
                )
                let sender = SimulatedSender(
                    client: client,
                    topic: topics.audio(machine: machine),
                    settings: SimulationSettings(
                        source: .machine(.compressor, schedule(of: machine)),
                        individual: options.seed + UInt64(index),
                        sampleRateHz: 16_000
                    )
                )
                group.addTask {
                    try client.start()
                    do {
                        try await client.waitUntilConnected()
                        try await sender.run()
                    } catch {
                        await client.stop()
                        if !(error is CancellationError) { throw error }
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    /// Stops the service, then the broker, and takes the temporary folder away.
    public func stop() async {
        await node.stop()
        broker.stop()
        if removesFolder { try? FileManager.default.removeItem(at: folder) }
    }

    private func schedule(of machine: String) -> DegradationSchedule {
        guard machine == options.failingMachine else { return .constant(MachineCondition()) }
        let dry = MachineCondition(state: .bearingLackingOil)
        guard let speed = options.speed else {
            return DegradationSchedule(
                from: MachineCondition(),
                to: dry,
                startSeconds: DemoOptions.quickLoss.start,
                durationSeconds: DemoOptions.quickLoss.duration
            )
        }
        return DegradationSchedule(
            from: MachineCondition(),
            to: dry,
            durationSeconds: DemoOptions.slowLossSeconds,
            timeScale: speed
        )
    }

    private static func yaml(_ options: DemoOptions, brokerURL: String) -> String {
        let machines = options.machines.map { "  - {id: \($0), profile: \(DefaultVocabulary.profile)}" }
        let model = options.modelDirectory.map { "model: {path: \"\($0)\"}\n" } ?? ""
        return """
            # Written by `ausculta demo`. Try: ausculta trend show \(options.failingMachine) --config THIS_FILE
            site: \(DemoOptions.site)
            node: demo
            broker: {url: "\(brokerURL)"}
            \(model)window: {length: 10s, hop: 5s}
            \(DefaultVocabulary.yaml)
            machines:
            \(machines.joined(separator: "\n"))
            store: {path: trend.sqlite, retain: 90d}
            http: {listen: "127.0.0.1:8750"}

            """
    }
}
