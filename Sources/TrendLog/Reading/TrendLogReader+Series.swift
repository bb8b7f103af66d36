// Down-sampling: from summary rows where buckets are long enough, from the windows themselves where they are not.
import Foundation
import GRDB
import MachineHealth

extension TrendLogReader {
    /// Lengths a bucket can have where it is at least a minute, so that buckets fall on round times.
    private static let niceSeconds: [Double] = [
        60, 120, 180, 240, 300, 600, 900, 1_200, 1_800, 3_600, 7_200, 10_800, 14_400, 21_600, 43_200, 86_400, 172_800,
        604_800,
    ]

    /// A machine's scores from `since` to `until` in at most `maximumBuckets` equal buckets (at least one).
    ///
    /// Months are read from hourly and daily sums and cost as much as a day; buckets shorter than a minute are made from
    /// the windows themselves.
    public func series(
        machine: String,
        since: Date,
        until: Date,
        maximumBuckets: Int
    ) async throws -> TrendSeries {
        let seconds = max(until.timeIntervalSince(since), 1) / Double(max(1, maximumBuckets))
        guard seconds > 60 else {
            return try await series(machine: machine, since: since, until: until, bucketSeconds: seconds)
        }
        // An aligned bucket can begin before `since`, so one more than range / length may be needed.
        let range = max(until.timeIntervalSince(since), 1)
        let fitting = Self.niceSeconds.first { range / $0 + 1 <= Double(max(2, maximumBuckets)) }
        return try await series(
            machine: machine,
            since: since,
            until: until,
            bucketSeconds: fitting ?? (seconds / 604_800).rounded(.up) * 604_800
        )
    }

    /// A machine's scores in buckets of a given length.
    ///
    /// Buckets that are whole minutes or hours are aligned to UTC and come from the sums kept while writing; others start
    /// at `since` and come from the windows. A bucket at the rim of the range counts whole where it comes from sums.
    public func series(
        machine: String,
        since: Date,
        until: Date,
        bucketSeconds: Double
    ) async throws -> TrendSeries {
        let resolution = SummaryResolution.allCases.last {
            bucketSeconds.truncatingRemainder(dividingBy: Double($0.rawValue)) == 0
        }
        let from = since.millisecondsSince1970
        let to = until.millisecondsSince1970
        let length = max(1, Int64((bucketSeconds * 1_000).rounded()))
        return try await read { db in
            let id = try machineID(db, machine)
            var builder = try SeriesBuilder(db, machineID: id, length: length, origin: resolution == nil ? from : 0)
            if let resolution {
                try builder.addSummaries(db, machineID: id, resolution: resolution, from: from, to: to)
            } else {
                try builder.addWindows(db, machineID: id, from: from, to: to)
            }
            let (labels, buckets) = builder.finish()
            return TrendSeries(
                machine: machine,
                since: since,
                until: until,
                bucketSeconds: bucketSeconds,
                labels: labels,
                buckets: buckets
            )
        }
    }
}

/// Collects rows in time order into buckets.
private struct SeriesBuilder {
    private struct Open {
        var windows = 0
        var incomplete = 0
        var levelSum = 0.0
        var levelMaximum = -Double.infinity
        var novelty = NoveltyAccumulator()
        var troubled = 0
        /// Per vocabulary: windows and their sums.
        var parts: [Int64: (windows: Int, sums: ScoreAccumulator)] = [:]
    }

    private let length: Int64
    private let origin: Int64
    private let vocabularies: [Int64: [LabelID]]
    private let configured: [LabelID]
    private var buckets: [(start: Int64, content: Open)] = []

    init(_ db: Database, machineID: Int64, length: Int64, origin: Int64) throws {
        self.length = length
        self.origin = origin
        vocabularies = try Vocabularies.fetch(db)
        configured = try String.fetchAll(
            db,
            sql: "SELECT label FROM labels WHERE machine_id = ? ORDER BY position",
            arguments: [machineID]
        ).map(LabelID.init(rawValue:))
    }

    mutating func addSummaries(
        _ db: Database,
        machineID: Int64,
        resolution: SummaryResolution,
        from: Int64,
        to: Int64
    ) throws {
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT bucket_ms, vocabulary_id, windows, incomplete, level_sum, level_max, scores, novelty_windows,
                    novelty_sum, novelty_max, novelty_limit, novel_windows, trouble_windows
                FROM summaries
                WHERE machine_id = ? AND resolution_s = ? AND bucket_ms >= ? AND bucket_ms < ? ORDER BY bucket_ms
                """,
            arguments: [machineID, resolution.rawValue, from.bucketStart(milliseconds: length), to]
        )
        while let row = try rows.next() {
            let sums = try row.withUnsafeData(atIndex: 6) { data in
                data.map { $0.withUnsafeBytes(ScoreAccumulator.init) }
            }
            add(
                time: row[0],
                vocabulary: row[1],
                windows: row[2],
                incomplete: row[3],
                levelSum: row[4],
                levelMaximum: row[5]
            ) { part in
                if let sums { part.add(sums) }
            }
            addDetection(
                NoveltyAccumulator(windows: row[7], sum: row[8], maximum: row[9], limit: row[10], novel: row[11]),
                troubled: row[12]
            )
        }
    }

    mutating func addWindows(_ db: Database, machineID: Int64, from: Int64, to: Int64) throws {
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT start_ms, vocabulary_id, level_dbfs, scores, novelty, novelty_limit, trouble FROM observations
                WHERE machine_id = ? AND start_ms >= ? AND start_ms < ? ORDER BY start_ms
                """,
            arguments: [machineID, from, to]
        )
        while let row = try rows.next() {
            let vocabulary: Int64? = row[1]
            let level: Double = row[2]
            let scores = try row.withUnsafeData(atIndex: 3) { data in
                data.map { $0.withUnsafeBytes(BinaryCodec.floats(float32Data:)) }
            }
            let isClassified = scores != nil
            add(
                time: row[0],
                vocabulary: vocabulary ?? 0,
                windows: isClassified ? 1 : 0,
                incomplete: isClassified ? 0 : 1,
                levelSum: isClassified ? level : 0,
                levelMaximum: level
            ) { part in
                if let scores { part.add(scores) }
            }
            let (score, limit, trouble): (Double?, Double?, String?) = (row[4], row[5], row[6])
            var novelty = NoveltyAccumulator()
            if let score, let limit {
                novelty = NoveltyAccumulator(
                    windows: 1,
                    sum: score,
                    maximum: score,
                    limit: limit,
                    novel: score > limit ? 1 : 0
                )
            }
            addDetection(novelty, troubled: trouble == nil ? 0 : 1)
        }
    }

    /// Adds to the bucket that `add` was last about.
    private mutating func addDetection(_ novelty: NoveltyAccumulator, troubled: Int) {
        guard !buckets.isEmpty else { return }
        buckets[buckets.count - 1].content.novelty.add(novelty)
        buckets[buckets.count - 1].content.troubled += troubled
    }

    private mutating func add(
        time: Int64,
        vocabulary: Int64,
        windows: Int,
        incomplete: Int,
        levelSum: Double,
        levelMaximum: Double,
        scores: (inout ScoreAccumulator) -> Void
    ) {
        let start = (time - origin).bucketStart(milliseconds: length) + origin
        if buckets.last?.start != start { buckets.append((start, Open())) }
        let last = buckets.count - 1
        buckets[last].content.windows += windows
        buckets[last].content.incomplete += incomplete
        buckets[last].content.levelSum += levelSum
        buckets[last].content.levelMaximum = max(buckets[last].content.levelMaximum, levelMaximum)
        guard windows > 0, let labels = vocabularies[vocabulary] else { return }
        var part = buckets[last].content.parts[vocabulary] ?? (0, ScoreAccumulator(labelCount: labels.count))
        part.windows += windows
        scores(&part.sums)
        buckets[last].content.parts[vocabulary] = part
    }

    func finish() -> ([LabelID], [TrendBucket]) {
        let used = Set(buckets.flatMap { $0.content.parts.keys })
        var labels = configured
        for label in used.sorted().flatMap({ vocabularies[$0] ?? [] }) where !labels.contains(label) {
            labels.append(label)
        }
        let positions = Dictionary(labels.enumerated().map { ($1, $0) }) { first, _ in first }
        return (labels, buckets.map { bucket($0.start, $0.content, labelCount: labels.count, positions: positions) })
    }

    private func bucket(
        _ start: Int64,
        _ content: Open,
        labelCount: Int,
        positions: [LabelID: Int]
    ) -> TrendBucket {
        var scores = [ScoreSummary?](repeating: nil, count: labelCount)
        var counts = [Int](repeating: 0, count: labelCount)
        for (vocabulary, part) in content.parts.sorted(by: { $0.key < $1.key }) {
            for (index, label) in (vocabularies[vocabulary] ?? []).enumerated() {
                guard let position = positions[label],
                    let summary = part.sums.summary(at: index, windows: part.windows)
                else { continue }
                scores[position] =
                    scores[position].map { earlier in
                        let share = Double(part.windows) / Double(part.windows + counts[position])
                        return ScoreSummary(
                            minimum: min(earlier.minimum, summary.minimum),
                            mean: earlier.mean + (summary.mean - earlier.mean) * share,
                            maximum: max(earlier.maximum, summary.maximum)
                        )
                    } ?? summary
                counts[position] += part.windows
            }
        }
        return TrendBucket(
            start: Date(millisecondsSince1970: start),
            windows: content.windows,
            incomplete: content.incomplete,
            levelDBFS: content.windows > 0 ? content.levelSum / Double(content.windows) : nil,
            maximumLevelDBFS: content.levelMaximum,
            scores: scores,
            novelty: content.novelty.summary,
            troubled: content.troubled
        )
    }
}
