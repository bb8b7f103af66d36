// Down-sampling: the sums kept while writing say the same as counting the windows themselves.
import Foundation
import GRDB
import MachineHealth
import Testing

@testable import TrendLog

@Suite("Trend log: series", .timeLimit(.minutes(20)))
struct SeriesTests {
    private let folder: TemporaryFolder
    private let store: TrendLogStore

    init() throws {
        folder = try TemporaryFolder()
        store = try TrendLogStore(url: folder.store)
    }

    /// Three hours of windows every 20 s with a gap, incomplete ones and a change of vocabulary.
    private func fill() async throws -> [WindowRecord] {
        var generator = SystemRandomNumberGenerator()
        var records: [WindowRecord] = []
        for number in 0..<540 where !(200..<230).contains(number) {
            let time = Samples.start.addingTimeInterval(
                Double(number) * 20 + Double.random(in: 0..<3, using: &generator)
            )
            if number % 37 == 0 {
                records.append(Samples.incomplete(at: time))
                continue
            }
            let first = Double.random(in: 0...1, using: &generator)
            let labels =
                number < 400 ? [Samples.normal, Samples.oil] : [Samples.oil, Samples.normal, LabelID("other")]
            let scores = number < 400 ? [first, 1 - first] : [first, (1 - first) / 2, (1 - first) / 2]
            records.append(
                Samples.window(
                    at: time,
                    scores: scores,
                    labels: labels,
                    levelDBFS: Double.random(in: -60 ... -10, using: &generator)
                )
            )
        }
        for record in records { try await store.commit(WindowCommit(window: record)) }
        return records
    }

    @Test("buckets agree with a plain count", arguments: [20.5, 60, 300, 3_600, 7_200, 5_400])
    func agrees(bucketSeconds: Double) async throws {
        let records = try await fill()
        let since = Samples.start
        let until = Samples.start.addingTimeInterval(10_800)
        let series = try await store.reader.series(
            machine: "compressor-2",
            since: since,
            until: until,
            bucketSeconds: bucketSeconds
        )
        #expect(Set(series.labels) == [Samples.normal, Samples.oil, LabelID("other")])
        // Buckets of whole minutes come from sums and are aligned to UTC, others begin where the range does.
        let isAligned = bucketSeconds.truncatingRemainder(dividingBy: 60) == 0
        let expected = Dictionary(grouping: records) { record in
            let start = Double(record.observation.start.millisecondsSince1970) / 1_000
            let origin = isAligned ? 0 : since.timeIntervalSince1970
            return ((start - origin) / bucketSeconds).rounded(.down) * bucketSeconds + origin
        }
        #expect(series.buckets.count == expected.count)
        for bucket in series.buckets {
            let key = expected.keys.min { left, right in
                abs(left - bucket.start.timeIntervalSince1970) < abs(right - bucket.start.timeIntervalSince1970)
            }
            let members = try #require(key.flatMap { expected[$0] }).map(\.observation)
            let good = members.filter { $0.quality == .good }
            #expect(bucket.windows == good.count)
            #expect(bucket.incomplete == members.count - good.count)
            if !good.isEmpty {
                let mean = good.map(\.levelDBFS).reduce(0, +) / Double(good.count)
                #expect(abs((bucket.levelDBFS ?? 0) - mean) < 1e-9)
            }
            for (index, label) in series.labels.enumerated() {
                let values = good.compactMap { $0.confidence(of: label) }
                guard let summary = bucket.scores[index] else {
                    #expect(values.isEmpty)
                    continue
                }
                #expect(abs(summary.mean - values.reduce(0, +) / Double(values.count)) < 1e-6)
                #expect(abs(summary.minimum - (values.min() ?? -1)) < 1e-6)
                #expect(abs(summary.maximum - (values.max() ?? -1)) < 1e-6)
            }
        }
    }

    @Test("a range in so many buckets never gives more, and falls on round times", arguments: [3, 10, 61, 500])
    func maximum(buckets: Int) async throws {
        _ = try await fill()
        for seconds in [600.0, 7_200, 10_800, 2_592_000, 345_600_000] as [Double] {
            let series = try await store.reader.series(
                machine: "compressor-2",
                since: Samples.start,
                until: Samples.start.addingTimeInterval(seconds),
                maximumBuckets: buckets
            )
            #expect(series.buckets.count <= buckets)
            #expect(!series.buckets.isEmpty)
            if series.bucketSeconds >= 60 { #expect(series.bucketSeconds.truncatingRemainder(dividingBy: 60) == 0) }
        }
    }

    @Test("a range that begins inside a bucket of sums shows that bucket whole")
    func unalignedStart() async throws {
        for number in 0..<60 {
            let time = Samples.start.addingTimeInterval(Double(number) * 20)
            try await store.commit(WindowCommit(window: Samples.window(at: time)))
        }
        for offset in [0.0, 90, 299] {
            let series = try await store.reader.series(
                machine: "compressor-2",
                since: Samples.start.addingTimeInterval(offset),
                until: Samples.start.addingTimeInterval(900),
                bucketSeconds: 300
            )
            #expect(
                series.buckets.map(\.start.timeIntervalSince1970)
                    == [0, 300, 600].map { Samples.start.timeIntervalSince1970 + $0 }
            )
            #expect(series.buckets.map(\.windows) == [15, 15, 15])
        }
    }

    @Test("months are read from sums, windows by their key: no query scans a table")
    func plans() async throws {
        _ = try await fill()
        let queries = [
            "SELECT bucket_ms FROM summaries WHERE machine_id = 1 AND resolution_s = 60 AND bucket_ms >= 5",
            WindowDecoder.select
                + " WHERE machine_id = 1 AND start_ms >= 5 AND start_ms < 9 ORDER BY start_ms DESC LIMIT 9",
            "SELECT embedding FROM features WHERE machine_id = 1 AND start_ms >= 5 ORDER BY start_ms",
            "SELECT id FROM events WHERE machine_id = 1 AND time_ms >= 5 AND time_ms < 9",
            "SELECT id FROM outbox WHERE sent_ms IS NULL AND target = 'json' AND topic = 't' ORDER BY id",
        ]
        for query in queries {
            let plan = try await store.reader.read { db in
                try Row.fetchAll(db, sql: "EXPLAIN QUERY PLAN " + query).map { $0["detail"] as String }
            }
            #expect(plan.allSatisfy { $0.hasPrefix("SEARCH") }, "\(query): \(plan)")
        }
    }

    @Test("reading while writing sees whole commits, and never makes the writer wait for the end of a read")
    func concurrent() async throws {
        let store = store
        let reader = try TrendLogReader(url: folder.store)
        try await store.commit(WindowCommit(window: Samples.window(at: Samples.start), events: [Samples.event()]))
        let writer = Task {
            for number in 1...300 {
                let time = Samples.start.addingTimeInterval(Double(number) * 5)
                try await store.commit(
                    WindowCommit(window: Samples.window(at: time), events: [Samples.event(time: time)])
                )
            }
        }
        var seen = 0
        while seen < 301 {
            let (windows, events, outbox) = try await reader.read { db in
                (
                    try Int.fetchOne(db, sql: "SELECT count(*) FROM observations") ?? -1,
                    try Int.fetchOne(db, sql: "SELECT count(*) FROM events") ?? -1,
                    try Int.fetchOne(db, sql: "SELECT count(*) FROM outbox") ?? -1
                )
            }
            #expect(windows == events && events == outbox)
            #expect(windows >= seen)
            seen = windows
        }
        try await writer.value
    }
}
