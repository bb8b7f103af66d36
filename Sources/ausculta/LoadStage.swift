// What every load trial needs: a private broker, the service, and machines that send in real time.
import AudioSending
import EdgeService
import Foundation
import Logging
import MQTT
import MachineSimulator
import Publishing

/// Sets up scenes; everything on loopback, nothing left behind.
struct LoadStage: Sendable {
    static let windowSeconds = 10.0

    let modelDirectory: URL
    let threads: Int?
    let hopSeconds: Double

    private static let site = "load"

    /// Runs a broker and the service with so many machines around some work.
    func with<Result: Sendable>(
        machines count: Int,
        _ work: @Sendable (LoadScene) async throws -> Result
    ) async throws -> Result {
        let name = "ausculta-load-\(ProcessInfo.processInfo.processIdentifier)-\(count)"
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(name)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let broker = try LocalBroker()
        try await broker.start()
        defer { broker.stop() }
        let machines = (1...count).map { "machine-\($0)" }
        let file = folder.appendingPathComponent("ausculta.yaml")
        try Data(yaml(machines, port: broker.port).utf8).write(to: file)
        let node = try await EdgeNode(try ServiceConfiguration.load(file.path), logger: makeLogger(level: .error))
        let scene = LoadScene(
            machines: machines,
            topics: try TopicScheme(site: Self.site),
            node: node,
            broker: broker.address,
            hopSeconds: hopSeconds
        )
        do {
            try await node.start()
            let result = try await work(scene)
            await node.stop()
            return result
        } catch {
            await node.stop()
            throw error
        }
    }

    private func yaml(_ machines: [String], port: Int) -> String {
        let rows = machines.map { "  - {id: \($0), profile: \(DefaultVocabulary.profile)}" }
        let workers = threads.map { ", threads: \($0)" } ?? ""
        return """
            site: \(Self.site)
            node: load
            broker: {url: "mqtt://127.0.0.1:\(port)"}
            model: {path: "\(modelDirectory.path)"\(workers)}
            window: {length: \(Int(Self.windowSeconds))s, hop: \(hopSeconds)s}
            \(DefaultVocabulary.yaml)
            machines:
            \(rows.joined(separator: "\n"))
            store: {path: trend.sqlite, retain: 1d}
            http: {listen: off}

            """
    }
}

/// A running service with a broker of its own.
struct LoadScene: Sendable {
    let machines: [String]
    let topics: TopicScheme
    let node: EdgeNode
    let broker: BrokerAddress
    let hopSeconds: Double

    private static let machinesPerConnection = 16
    private static let sampleRateHz = 16_000

    /// A connected client.
    func client(_ id: String) async throws -> MQTTClient {
        let client = try MQTTClient(
            MQTTConfiguration(broker: broker, clientID: id),
            logger: Logger(label: "ausculta.load") { _ in SwiftLogNoOpLogHandler() }
        )
        try client.start()
        try await client.waitUntilConnected()
        return client
    }

    /// Lets some machines send at the pace of real time; their starts are spread over a hop.
    ///
    /// - Parameter seconds: how long; nil until the task is cancelled.
    func send(_ machines: [String], chunks: [PreparedChunks], seconds: Double? = nil) async throws {
        var clients: [MQTTClient] = []
        for number in 0...(machines.count - 1) / Self.machinesPerConnection {
            clients.append(try await client("load-\(machines[0])-\(number)"))
        }
        let all = clients
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (index, machine) in machines.enumerated() {
                let sender = PreparedSender(
                    client: all[index / Self.machinesPerConnection],
                    topic: topics.audio(machine: machine),
                    chunks: chunks[index % chunks.count]
                )
                let offset = hopSeconds * Double(index) / Double(machines.count)
                group.addTask { try await sender.run(offsetSeconds: offset) }
            }
            if let seconds { group.addTask { try await Task.sleep(for: .seconds(seconds)) } }
            try await group.next()
            group.cancelAll()
            while let result = await group.nextResult() {
                if case .failure(let error) = result, !(error is CancellationError) { throw error }
            }
        }
        for client in all { await client.stop(graceSeconds: 0) }
    }

    /// Sounds of different machines in different states, rendered once for all trials.
    static func sounds(chunkSeconds: Double) throws -> [PreparedChunks] {
        try MachineKind.compressor.states.map { state in
            var microphone = try SimulatedMicrophone(
                SimulationSettings(
                    source: .machine(.compressor, .constant(MachineCondition(state: state))),
                    individual: 1,
                    sampleRateHz: sampleRateHz
                )
            )
            let samples = microphone.render(frames: 20 * sampleRateHz)
            return PreparedChunks(samples: samples, sampleRateHz: sampleRateHz, secondsPerChunk: chunkSeconds)
        }
    }
}

/// Latencies in seconds, summed up; -1 where there are none.
struct LatencySummary: Encodable, Sendable {
    let count: Int
    let p50: Double
    let p99: Double
    let worst: Double

    init(_ latencies: [Double]) {
        let sorted = latencies.sorted()
        func quantile(_ share: Double) -> Double {
            sorted.isEmpty ? -1 : sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))]
        }
        count = sorted.count
        p50 = quantile(0.5)
        p99 = quantile(0.99)
        worst = sorted.last ?? -1
    }
}
