// One trial of `ausculta load`: machines in real time, and a subscriber with a stopwatch.
import AudioSending
import Foundation
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
    let modelDirectory: URL
    let threads: Int?
    let hopSeconds: Double
    let measuredSeconds: Double

    private struct Heard: Sendable {
        var latencies: [Double] = []
        var windows: [String: Int] = [:]
        var dropped: [String: Int] = [:]
        var stretch = 1
    }

    /// Measures with so many machines.
    func run(machines count: Int, chunks: [PreparedChunks]) async throws -> LoadReport {
        try await stage.with(machines: count) { scene in
            try await measure(scene, chunks: chunks)
        }
    }

    private var stage: LoadStage { LoadStage(modelDirectory: modelDirectory, threads: threads, hopSeconds: hopSeconds) }

    private func measure(_ scene: LoadScene, chunks: [PreparedChunks]) async throws -> LoadReport {
        let (machines, topics) = (scene.machines, scene.topics)
        let heard = Mutex(Heard())
        // Machines start spread over a hop, and the first window is complete only after its length.
        let begin = Date().addingTimeInterval(hopSeconds + LoadStage.windowSeconds + hopSeconds)
        let end = begin.addingTimeInterval(measuredSeconds)
        let watcher = try await scene.client("load-watcher")
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
        try await scene.send(machines, chunks: chunks, seconds: end.timeIntervalSinceNow + 2)
        await watcher.stop(graceSeconds: 0)
        return heard.withLock { heard in
            let latency = LatencySummary(heard.latencies)
            let counts = machines.map { heard.windows[$0] ?? 0 }
            return LoadReport(
                model: scene.node.modelSignature,
                machines: machines.count,
                hopS: hopSeconds,
                seconds: measuredSeconds,
                windows: latency.count,
                windowsExpected: Int((Double(machines.count) * measuredSeconds / hopSeconds).rounded()),
                p50LatencyS: latency.p50,
                p99LatencyS: latency.p99,
                worstLatencyS: latency.worst,
                dropped: heard.dropped.values.reduce(0, +),
                hopStretch: heard.stretch,
                machinesHeard: heard.windows.count,
                windowsPerMachine: [counts.min() ?? 0, counts.max() ?? 0]
            )
        }
    }
}
