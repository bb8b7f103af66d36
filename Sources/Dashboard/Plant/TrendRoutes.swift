// /api/v1/machines/{id}/trend: everything a machine's chart draws, down-sampled here.
import Foundation
import Hummingbird
import MachineHealth
import TrendLog

/// A machine over time.
public struct TrendRoutes: APIRoutes {
    private let plant: any PlantSource
    private let reader: TrendLogReader
    private let now: @Sendable () -> Date

    /// - Parameter now: the present time.
    public init(plant: any PlantSource, reader: TrendLogReader, now: @escaping @Sendable () -> Date = { Date() }) {
        self.plant = plant
        self.reader = reader
        self.now = now
    }

    public func add(to router: Router<APIContext>) {
        router.get("/api/v1/machines/:id/trend") { request, context in
            let query = RequestQuery(request)
            let (since, until) = try query.range(now: now(), defaultSeconds: 3_600)
            let points = try query.integer("points", in: 10...5_000, default: 600)
            return try APIResponse.json(
                try await document(try plant.named(context), since: since, until: until, points: points)
            )
        }
    }

    private struct Run: Encodable {
        let label: String
        let start: Date
        let end: Date
        let count: Int
        let required: Int
        @OrNull var alarmID: String?
    }

    private struct Missed: Encodable {
        let label: String
        let start: Date
        let end: Date
        let count: Int
        let required: Int
        let text: Words
    }

    private struct Band: Encodable {
        let alarmID: String
        let label: String
        let name: Words
        let start: Date
        @OrNull var end: Date?
        let severity: Severity
        @OrNull var acknowledged: Date?
    }

    private struct Document: Encodable {
        let machine: String
        let since: Date
        let until: Date
        let stepS: Double
        let source: String
        let labels: [String]
        let times: [Int64]
        let mean: [String: [Double?]]
        let max: [String: [Double?]]
        let levelDBFS: [Double?]
        let windows: [Int]
        let novelty: NoveltyLines
        let troubled: [Int]
        let threshold: [String: Double]
        let runs: [Run]
        let nearMisses: [Missed]
        let alarms: [Band]
        let gaps: [TrendGap]
    }

    private func document(
        _ machine: LiveMachine,
        since: Date,
        until: Date,
        points: Int
    ) async throws -> Document {
        let description = machine.description
        let id = description.id
        let step = TrendStep(
            rangeSeconds: until.timeIntervalSince(since),
            points: points,
            hopSeconds: description.hopSeconds
        )
        let (labels, lines) = try await self.lines(machine, step: step, since: since, until: until)
        let events = try await reader.known(or: []) { reader in
            try await reader.events(machine: id, types: [.faultRaised, .nearMiss], since: since, until: until)
        }
        let bands = try await reader.known(or: []) { reader in
            try await reader.alarms(machine: id, presentFrom: since, until: until)
        }
        let stepSeconds =
            switch step {
            case .windows: description.hopSeconds
            case .buckets(let seconds): seconds
            }
        let faults = description.vocabulary.faults.map(\.id)
        return Document(
            machine: id,
            since: since,
            until: until,
            stepS: stepSeconds,
            source: step.source,
            labels: labels.map(\.rawValue),
            times: lines.times,
            mean: lines.mean,
            max: lines.max,
            levelDBFS: lines.levels,
            windows: lines.windows,
            novelty: lines.novelty,
            troubled: lines.troubled,
            threshold: Dictionary(faults.map { ($0.rawValue, description.rules[$0].confidence) }) { first, _ in first },
            runs: runs(machine, events: events, until: until),
            nearMisses: try await nearMisses(machine, events: events),
            alarms: bands.map { band in
                Band(
                    alarmID: band.alarmID.text,
                    label: band.label.rawValue,
                    name: machine.name(of: band.label),
                    start: band.raised,
                    end: band.cleared,
                    severity: band.severity,
                    acknowledged: band.acknowledged?.time
                )
            },
            gaps: lines.gaps
        )
    }

    private func lines(
        _ machine: LiveMachine,
        step: TrendStep,
        since: Date,
        until: Date
    ) async throws -> ([LabelID], TrendLines) {
        let description = machine.description
        let id = description.id
        let heardSince = try await reader.firstStart(machine: id)
        // A window is judged some time after its last sample; until then its absence says nothing.
        let settled = now().addingTimeInterval(
            -(description.windowLengthSeconds + 2 * description.hopSeconds * Double(machine.stream.hopStretch) + 5)
        )
        switch step {
        case .windows:
            let stored = try await reader.known(or: []) { reader in
                try await reader.windows(machine: id, since: since, until: until, limit: 20_000)
            }
            var labels = description.vocabulary.labels.map(\.id)
            for label in stored.flatMap(\.scores).map(\.label) where !labels.contains(label) { labels.append(label) }
            let lines = TrendLines(
                stored,
                labels: labels,
                since: since,
                until: until,
                hopSeconds: description.hopSeconds,
                heardSince: heardSince,
                settled: settled
            )
            return (labels, lines)
        case .buckets(let seconds):
            let start = TrendStep.aligned(since, seconds: seconds)
            let empty = TrendSeries(
                machine: id,
                since: start,
                until: until,
                bucketSeconds: seconds,
                labels: description.vocabulary.labels.map(\.id),
                buckets: []
            )
            let series = try await reader.known(or: empty) { reader in
                try await reader.series(machine: id, since: start, until: until, bucketSeconds: seconds)
            }
            return (series.labels, TrendLines(series, heardSince: heardSince, settled: settled))
        }
    }

    /// Runs that raised an alarm, and those in progress.
    private func runs(_ machine: LiveMachine, events: [StoredEvent], until: Date) -> [Run] {
        let length = machine.description.windowLengthSeconds
        var runs = events.compactMap { event -> Run? in
            guard event.type == HealthEventType.faultRaised.rawValue, let label = event.label,
                let first = event.windows.first, let last = event.windows.last
            else { return nil }
            let count = event.consecutive ?? event.windows.count
            return Run(
                label: label.rawValue,
                start: first.start,
                end: last.start.addingTimeInterval(length),
                count: count,
                required: count,
                alarmID: event.alarmID?.text
            )
        }
        for present in machine.runs {
            guard let first = present.windows.first, let last = present.windows.last, first.start < until,
                present.count < machine.description.rules[present.label].consecutive
            else { continue }
            runs.append(
                Run(
                    label: present.label.rawValue,
                    start: first.start,
                    end: last.start.addingTimeInterval(length),
                    count: present.count,
                    required: machine.description.rules[present.label].consecutive,
                    alarmID: nil
                )
            )
        }
        return runs
    }

    private func nearMisses(_ machine: LiveMachine, events: [StoredEvent]) async throws -> [Missed] {
        let events = events.filter { $0.type == HealthEventType.nearMiss.rawValue }
        let following = try await reader.known(or: [:]) { reader in
            try await reader.windows(
                machine: machine.description.id,
                following: events.compactMap { $0.windows.last?.start }
            )
        }
        return events.compactMap { event in
            guard let first = event.windows.first, let last = event.windows.last,
                let miss = NearMiss(event, next: following[last.start], rules: machine.description.rules)
            else { return nil }
            return Missed(
                label: miss.label.rawValue,
                start: first.start,
                end: last.start.addingTimeInterval(machine.description.windowLengthSeconds),
                count: miss.windows.count,
                required: miss.required,
                text: miss.words(name: machine.name)
            )
        }
    }
}
