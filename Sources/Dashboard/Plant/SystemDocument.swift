// The service as the System page shows it.
import Foundation
import MachineHealth
import TrendLog

/// /api/v1/system, and in part its live update.
struct SystemDocument: Encodable, Sendable {
    struct Broker: Encodable, Sendable, Equatable {
        let url: String
        let state: PlantStatus.Broker.State
        @OrNull var detail: String?
        let since: Date

        static func == (left: Broker, right: Broker) -> Bool {
            left.url == right.url && left.state == right.state && left.detail == right.detail
                && left.since == right.since
        }
    }

    struct Outbox: Encodable, Sendable {
        let pending: Int
        @OrNull var oldestAgeS: Double?
        @OrNull var lastError: String?
    }

    struct Machines: Encodable, Sendable, Equatable {
        let total: Int
        let online: Int
        let byGrade: [String: Int]
    }

    struct Latency: Encodable, Sendable {
        let p50: Double
        let p95: Double
        let p99: Double
    }

    struct Inference: Encodable, Sendable {
        let p50: Double
        let p99: Double
    }

    struct Windows: Encodable, Sendable {
        let total: Int
        let perSecond: Double
        let queued: Int
        @OrNull var latencyMS: Latency?
        @OrNull var inferenceMS: Inference?
        let hopStretch: Int
    }

    struct Drops: Encodable, Sendable {
        let chunks: Int
        let windows: Int
        /// Sound that was to be kept as evidence.
        let clips: Int
    }

    struct Model: Encodable, Sendable {
        let name: String
        let signature: String
        let instructionSet: String
        let workers: Int
        let embeddingDimension: Int
        @OrNull var card: String?
    }

    struct Clips: Encodable, Sendable {
        let count: Int
        let bytes: Int64
    }

    struct Store: Encodable, Sendable {
        let path: String
        let bytes: Int64
        @OrNull var freeBytes: Int64?
        let retainS: Double
        @OrNull var clips: Clips?
    }

    struct Process: Encodable, Sendable {
        let rssBytes: Int64
        let threads: Int
    }

    let site: String
    let node: String
    let version: String
    let started: Date
    /// The service's clock.
    let time: Date
    let uptimeS: Double
    let language: String
    let broker: Broker
    let outbox: Outbox
    let machines: Machines
    let windows: Windows
    let drops: Drops
    let model: Model
    let store: Store
    let process: Process
    let problems: [PlantProblem]

    init(_ status: PlantStatus, machines live: [LiveMachine]) {
        site = status.site
        node = status.node
        version = status.version
        started = status.started
        time = status.now
        uptimeS = max(0, status.now.timeIntervalSince(status.started)).rounded(decimals: 1) ?? 0
        language = status.language
        broker = Broker(
            url: status.broker.url,
            state: status.broker.state,
            detail: status.broker.detail,
            since: status.broker.since
        )
        outbox = Outbox(
            pending: status.outbox?.pending ?? 0,
            oldestAgeS: (status.outbox?.oldest).flatMap { oldest in
                max(0, status.now.timeIntervalSince(oldest)).rounded(decimals: 1)
            },
            lastError: status.outbox?.lastError
        )
        machines = Self.machines(live)
        let measured = status.windows
        let milliseconds = { (share: Double, values: [Double]) in
            ((Quantiles.value(share, of: values) ?? 0) * 1_000).rounded(decimals: 1) ?? 0
        }
        let (latency, inference) = (measured.latencySeconds, measured.inferenceSeconds)
        windows = Windows(
            total: measured.total,
            perSecond: measured.perSecond.rounded(decimals: 2) ?? 0,
            queued: measured.queued,
            latencyMS: latency.isEmpty
                ? nil
                : Latency(
                    p50: milliseconds(0.5, latency),
                    p95: milliseconds(0.95, latency),
                    p99: milliseconds(0.99, latency)
                ),
            inferenceMS: inference.isEmpty
                ? nil : Inference(p50: milliseconds(0.5, inference), p99: milliseconds(0.99, inference)),
            hopStretch: measured.hopStretch
        )
        drops = Drops(
            chunks: live.reduce(0) { $0 + $1.stream.droppedChunks },
            windows: measured.dropped,
            clips: status.evidence.lost
        )
        model = Model(
            name: status.model.name,
            signature: status.model.signature,
            instructionSet: status.model.instructionSet,
            workers: status.model.workers,
            embeddingDimension: status.model.embeddingDimension,
            card: status.model.card
        )
        store = Store(
            path: status.store.path,
            bytes: status.store.bytes,
            freeBytes: status.store.freeBytes,
            retainS: status.store.retainSeconds,
            clips: status.clips.map { Clips(count: $0.count, bytes: $0.bytes) }
        )
        process = Process(rssBytes: status.residentBytes, threads: status.threads)
        problems = PlantProblem.all(status: status, machines: live)
    }

    private static func machines(_ live: [LiveMachine]) -> Machines {
        var grades: [String: Int] = [:]
        for machine in live { grades[machine.health.grade.rawValue, default: 0] += 1 }
        return Machines(total: live.count, online: live.count { $0.health.isOnline }, byGrade: grades)
    }

    /// What a live update tells of it.
    struct News: Encodable, Sendable, Equatable {
        let broker: Broker
        let problems: [PlantProblem]
        let machines: Machines
    }

    /// What a live update tells of it.
    var news: News { News(broker: broker, problems: problems, machines: machines) }
}
