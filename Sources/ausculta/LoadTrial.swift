// One trial of `ausculta load`: a private broker, the service, machines in real time, and a subscriber with a stopwatch.
import AudioSending
import EdgeService
import Foundation
import Logging
import MQTT
import MachineSimulator
import Publishing
import Synchronization

/// What a trial found. Latency is from the end of a window's sound to its result at a subscriber.
struct LoadReport: Encodable, Sendable {
    var model: String
    var machines: Int
    var hopS: Double
    var seconds: Double
    /// Windows whose sound ended within the measured time: those judged, and those there should be.
    var windows: Int
    var windowsExpected: Int
    var p50LatencyS: Double
    var p99LatencyS: Double
    var worstLatencyS: Double
    /// Chunks and windows the service counted as dropped.
    var dropped: Int
    /// The highest hop stretch any machine's state told of.
    var hopStretch: Int
    /// Machines whose windows came at all.
    var machinesHeard: Int
    /// Fewest and most windows of a machine.
    var windowsPerMachine: [Int]

    /// Whether every machine was held at its hop.
    func holds(limitSeconds: Double) -> Bool {
        p99LatencyS < limitSeconds && dropped == 0 && hopStretch == 1 && machinesHeard == machines
            && Double(windows) >= 0.99 * Double(windowsExpected)
    }
}

/// Runs trials; everything on loopback, nothing left behind.
struct LoadTrial: Sendable {
    static let site = "load"
    static let windowSeconds = 10.0

    let modelDirectory: URL
    let threads: Int?
    let hopSeconds: Double
    let measuredSeconds: Double

    private static let machinesPerConnection = 16
    private static let sampleRateHz = 16_000

    private struct Heard: Sendable {
        var latencies: [Double] = []
        var windows: [String: Int] = [:]
        var dropped: [String: Int] = [:]
        var stretch = 1
    }

    /// Measures with so many machines.
    func run(machines count: Int, chunks: [PreparedChunks]) async throws -> LoadReport {
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
        do {
            try await node.start()
            let report = try await measure(machines, node: node, broker: broker.address, chunks: chunks)
            await node.stop()
            return report
        } catch {
            await node.stop()
            throw error
        }
    }

    private func measure(
        _ machines: [String],
        node: EdgeNode,
        broker: BrokerAddress,
        chunks: [PreparedChunks]
    ) async throws -> LoadReport {
        let topics = try TopicScheme(site: Self.site)
        let heard = Mutex(Heard())
        // Machines start spread over a hop, and the first window is complete only after its length.
        let begin = Date().addingTimeInterval(hopSeconds + Self.windowSeconds + hopSeconds)
        let end = begin.addingTimeInterval(measuredSeconds)
        let watcher = try client(broker, "load-watcher")
        try watcher.start()
        try await watcher.waitUntilConnected()
        try await watcher.subscribe(to: topics.window(machine: "+"), qos: .atMostOnce) { message in
            let now = Date()
            guard let window = try? PayloadCoder.decode(WindowPayload.self, from: message.payload),
                window.end >= begin, window.end < end
            else { return }
            heard.withLock { heard in
                heard.latencies.append(now.timeIntervalSince(window.end))
                heard.windows[window.machine, default: 0] += 1
            }
        }
        try await watcher.subscribe(to: topics.state(machine: "+"), qos: .atMostOnce) { message in
            guard let state = try? PayloadCoder.decode(StatePayload.self, from: message.payload) else { return }
            heard.withLock { heard in
                heard.dropped[state.machine] = state.stream.droppedChunks
                heard.stretch = max(heard.stretch, state.stream.hopStretch)
            }
        }
        try await send(machines, topics: topics, broker: broker, chunks: chunks, until: end.addingTimeInterval(2))
        await watcher.stop(graceSeconds: 0)
        return heard.withLock { heard in
            let sorted = heard.latencies.sorted()
            func quantile(_ share: Double) -> Double {
                sorted.isEmpty ? .infinity : sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))]
            }
            let counts = machines.map { heard.windows[$0] ?? 0 }
            return LoadReport(
                model: node.modelSignature,
                machines: machines.count,
                hopS: hopSeconds,
                seconds: measuredSeconds,
                windows: sorted.count,
                windowsExpected: Int((Double(machines.count) * measuredSeconds / hopSeconds).rounded()),
                p50LatencyS: sorted.isEmpty ? -1 : quantile(0.5),
                p99LatencyS: sorted.isEmpty ? -1 : quantile(0.99),
                worstLatencyS: sorted.last ?? -1,
                dropped: heard.dropped.values.reduce(0, +),
                hopStretch: heard.stretch,
                machinesHeard: heard.windows.count,
                windowsPerMachine: [counts.min() ?? 0, counts.max() ?? 0]
            )
        }
    }

    private func send(
        _ machines: [String],
        topics: TopicScheme,
        broker: BrokerAddress,
        chunks: [PreparedChunks],
        until end: Date
    ) async throws {
        var clients: [MQTTClient] = []
        for number in 0...(machines.count - 1) / Self.machinesPerConnection {
            let client = try client(broker, "load-sender-\(number)")
            try client.start()
            try await client.waitUntilConnected()
            clients.append(client)
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
            group.addTask { try await Task.sleep(for: .seconds(end.timeIntervalSinceNow)) }
            try await group.next()
            group.cancelAll()
            while let result = await group.nextResult() {
                if case .failure(let error) = result, !(error is CancellationError) { throw error }
            }
        }
        for client in all { await client.stop(graceSeconds: 0) }
    }

    private func client(_ broker: BrokerAddress, _ id: String) throws -> MQTTClient {
        try MQTTClient(
            MQTTConfiguration(broker: broker, clientID: id),
            logger: Logger(label: "ausculta.load") { _ in SwiftLogNoOpLogHandler() }
        )
    }

    /// Sounds of different machines in different states, rendered once for all trials.
    static func sounds(chunkSeconds: Double) throws -> [PreparedChunks] {
        try MachineState.allCases.map { state in
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
