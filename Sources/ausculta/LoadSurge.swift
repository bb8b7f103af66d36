// A surge in a load trial: more machines than the box can hold join for a while, and leave again.
import AudioSending
import EdgeService
import Foundation
import Publishing
import Synchronization

/// What a surge did to the machines that were there all the time, and how soon it was over. Latency is from the end of a
/// window's sound to its result at a subscriber.
struct SurgeReport: Encodable, Sendable {
    /// One part of the time.
    struct Part: Encodable, Sendable {
        var seconds: Double
        var windows: Int
        var p50LatencyS: Double
        var p99LatencyS: Double
        /// Machines that sent, and those of them that were judged at least once.
        var machines: Int
        var machinesHeard: Int
        /// Fewest and most windows of a machine that was there all the time.
        var windowsPerMachine: [Int]
    }

    var model: String
    var machines: Int
    var surgeMachines: Int
    var hopS: Double
    var before: Part
    var surge: Part
    /// From the end of the surge on, until a hop after every window was judged again.
    var recovery: Part
    var after: Part
    /// The highest hop stretch any machine's state told of.
    var hopStretch: Int
    /// From the end of the surge until every machine's hop was as configured; nil: not within the time given.
    var recoveryS: Double?

    /// Whether the service was back to what it was before.
    func recovered(limitSeconds: Double) -> Bool {
        recoveryS != nil && after.p99LatencyS >= 0 && after.p99LatencyS < limitSeconds
            && after.machinesHeard == machines
    }
}

/// Runs the surge of `ausculta load --surge`.
struct LoadSurge: Sendable {
    let stage: LoadStage
    /// Measured time before and after the surge.
    let measuredSeconds: Double
    let surgeSeconds: Double
    /// How long the service may take to judge every window again.
    let patienceSeconds: Double

    private struct Arrival: Sendable {
        let machine: String
        let time: Date
        let latency: Double
    }

    private struct Heard: Sendable {
        var arrivals: [Arrival] = []
        var stretch: [String: Int] = [:]
        var highestStretch = 1
    }

    /// - Parameters:
    ///   - steady: machines that send all the time.
    ///   - extra: machines that join for the surge.
    func run(steady: Int, extra: Int, chunks: [PreparedChunks]) async throws -> SurgeReport {
        try await stage.with(machines: steady + extra) { scene in
            let steadyMachines = Array(scene.machines.prefix(steady))
            let extraMachines = Array(scene.machines.dropFirst(steady))
            let heard = Mutex(Heard())
            let watcher = try await scene.client("load-watcher")
            try await watcher.subscribe(to: scene.topics.window(machine: "+"), qos: .atMostOnce) { message in
                let now = Date()
                guard let window = try? PayloadCoder.decode(WindowPayload.self, from: message.payload) else { return }
                let arrival = Arrival(machine: window.machine, time: now, latency: now.timeIntervalSince(window.end))
                heard.withLock { $0.arrivals.append(arrival) }
            }
            try await watcher.subscribe(to: scene.topics.state(machine: "+"), qos: .atMostOnce) { message in
                guard let state = try? PayloadCoder.decode(StatePayload.self, from: message.payload) else { return }
                heard.withLock { heard in
                    heard.stretch[state.machine] = state.stream.hopStretch
                    heard.highestStretch = max(heard.highestStretch, state.stream.hopStretch)
                }
            }
            let settle = LoadStage.windowSeconds + 2 * scene.hopSeconds
            let sending = Task { try await scene.send(steadyMachines, chunks: chunks) }
            defer { sending.cancel() }
            try await pause(settle)
            let begin = Date()
            try await pause(measuredSeconds)
            let surgeBegin = Date()
            try await scene.send(extraMachines, chunks: chunks, seconds: surgeSeconds)
            let surgeEnd = Date()
            let recovered = try await wait(until: surgeEnd.addingTimeInterval(patienceSeconds)) {
                heard.withLock { heard in heard.stretch.values.allSatisfy { $0 == 1 } }
            }
            try await pause(scene.hopSeconds)
            let afterBegin = Date()
            try await pause(measuredSeconds)
            let end = Date()
            sending.cancel()
            _ = await sending.result
            await watcher.stop(graceSeconds: 0)
            let result = heard.withLock { $0 }
            func part(_ from: Date, _ to: Date, _ machines: [String]) -> SurgeReport.Part {
                let within = result.arrivals.filter { $0.time >= from && $0.time < to }
                let latency = LatencySummary(within.map(\.latency))
                let counts = steadyMachines.map { machine in within.count { $0.machine == machine } }
                let known = Set(machines)
                return SurgeReport.Part(
                    seconds: to.timeIntervalSince(from),
                    windows: latency.count,
                    p50LatencyS: latency.p50,
                    p99LatencyS: latency.p99,
                    machines: machines.count,
                    machinesHeard: Set(within.map(\.machine)).intersection(known).count,
                    windowsPerMachine: [counts.min() ?? 0, counts.max() ?? 0]
                )
            }
            return SurgeReport(
                model: scene.node.modelSignature,
                machines: steady,
                surgeMachines: extra,
                hopS: scene.hopSeconds,
                before: part(begin, surgeBegin, steadyMachines),
                surge: part(surgeBegin, surgeEnd, scene.machines),
                recovery: part(surgeEnd, afterBegin, steadyMachines),
                after: part(afterBegin, end, steadyMachines),
                hopStretch: result.highestStretch,
                recoveryS: recovered.map { $0.timeIntervalSince(surgeEnd) }
            )
        }
    }

    private func pause(_ seconds: Double) async throws { try await Task.sleep(for: .seconds(seconds)) }

    /// When a condition came true, looked at ten times a second; nil where it did not in time.
    private func wait(until deadline: Date, for condition: () -> Bool) async throws -> Date? {
        while Date() < deadline {
            if condition() { return Date() }
            try await pause(0.1)
        }
        return nil
    }
}
