// Reading windows: a page of them, all of them one by one, or what the model made of them.
import Foundation
import GRDB
import MachineHealth

extension TrendLogReader {
    /// Windows of a machine, oldest first.
    ///
    /// - Parameters:
    ///   - since: earliest start.
    ///   - until: latest start, exclusive.
    ///   - label: only windows with this label on top.
    ///   - limit: at most so many, the newest ones of the range.
    public func windows(
        machine: String,
        since: Date? = nil,
        until: Date? = nil,
        label: LabelID? = nil,
        limit: Int = 1_000
    ) async throws -> [StoredWindow] {
        try await read { db in
            let id = try machineID(db, machine)
            let decoder = try WindowDecoder(db)
            var sql = WindowDecoder.select + " WHERE machine_id = ? AND start_ms >= ? AND start_ms < ?"
            let arguments: StatementArguments = [
                id, since?.millisecondsSince1970 ?? .min, until?.millisecondsSince1970 ?? .max,
            ]
            if let label { sql += " AND \(decoder.condition(top: label))" }
            sql += " ORDER BY start_ms DESC LIMIT \(max(0, limit))"
            var windows: [StoredWindow] = []
            let rows = try Row.fetchCursor(db, sql: sql, arguments: arguments)
            while let row = try rows.next() { windows.append(decoder.window(row, machine: machine)) }
            return windows.reversed()
        }
    }

    /// Hands every window of a machine to `body`, oldest first, reading a bounded page at a time.
    ///
    /// - Returns: how many there were.
    @discardableResult
    public func forEachWindow(
        machine: String,
        since: Date? = nil,
        until: Date? = nil,
        label: LabelID? = nil,
        pageSize: Int = 4_000,
        _ body: (StoredWindow) throws -> Void
    ) async throws -> Int {
        var from = since?.millisecondsSince1970 ?? .min
        var count = 0
        while true {
            let start = from
            let page = try await read { db in
                let id = try machineID(db, machine)
                let decoder = try WindowDecoder(db)
                let sql =
                    WindowDecoder.select + """
                         WHERE machine_id = ? AND start_ms >= ? AND start_ms < ?
                        ORDER BY start_ms LIMIT \(pageSize)
                        """
                var windows: [StoredWindow] = []
                let rows = try Row.fetchCursor(
                    db,
                    sql: sql,
                    arguments: [id, start, until?.millisecondsSince1970 ?? .max]
                )
                while let row = try rows.next() { windows.append(decoder.window(row, machine: machine)) }
                return windows
            }
            for window in page where label == nil || window.top == label {
                try body(window)
                count += 1
            }
            guard page.count == pageSize, let last = page.last else { return count }
            from = last.start.millisecondsSince1970 + 1
        }
    }

    /// The newest window of a machine, or nil where there is none.
    public func latestWindow(machine: String) async throws -> StoredWindow? {
        try await windows(machine: machine, limit: 1).first
    }

    /// Embeddings and descriptors of a machine's windows, oldest first.
    public func features(
        machine: String,
        since: Date? = nil,
        until: Date? = nil,
        limit: Int = 1_000
    ) async throws -> [StoredFeatures] {
        try await read { db in
            let rows = try Row.fetchCursor(
                db,
                sql: """
                    SELECT start_ms, models.name AS model, embedding, descriptor_version, descriptor
                    FROM features LEFT JOIN models ON models.id = features.model_id
                    WHERE machine_id = ? AND start_ms >= ? AND start_ms < ? ORDER BY start_ms LIMIT ?
                    """,
                arguments: [
                    try machineID(db, machine), since?.millisecondsSince1970 ?? .min,
                    until?.millisecondsSince1970 ?? .max, limit,
                ]
            )
            var features: [StoredFeatures] = []
            while let row = try rows.next() {
                let descriptor: Data? = row["descriptor"]
                let embedding: Data? = row["embedding"]
                features.append(
                    StoredFeatures(
                        start: Date(millisecondsSince1970: row["start_ms"]),
                        model: row["model"] ?? "",
                        embedding: embedding.map(BinaryCodec.floats(float16Data:)),
                        descriptor: descriptor.map {
                            SoundDescriptor(
                                version: row["descriptor_version"] ?? 0,
                                values: BinaryCodec.floats(float16Data: $0)
                            )
                        }
                    )
                )
            }
            return features
        }
    }
}

/// Turns rows of `observations` into windows; holds the small tables they refer to.
struct WindowDecoder {
    static let select = """
        SELECT start_ms, end_ms, vocabulary_id, top, confidence, verdict, quality, level_dbfs, missing_fraction, model_id,
            latency_ms, scores, raw_scores, novelty, novelty_limit, novelty_share, operating_state, trouble
        FROM observations
        """

    private let vocabularies: [Int64: [LabelID]]
    private let models: [Int64: String]

    init(_ db: Database) throws {
        vocabularies = try Vocabularies.fetch(db)
        let names = try Row.fetchAll(db, sql: "SELECT id, name FROM models").map { row in
            (row[0] as Int64, row[1] as String)
        }
        models = Dictionary(names) { first, _ in first }
    }

    /// SQL that holds for rows with a label on top, whatever vocabulary they were judged with.
    func condition(top label: LabelID) -> String {
        let pairs = vocabularies.compactMap { id, labels in
            labels.firstIndex(of: label).map { "(vocabulary_id = \(id) AND top = \($0))" }
        }
        return pairs.isEmpty ? "0" : "(\(pairs.sorted().joined(separator: " OR ")))"
    }

    func window(_ row: Row, machine: String) -> StoredWindow {
        let vocabulary: Int64? = row[2]
        let labels = vocabulary.flatMap { vocabularies[$0] } ?? []
        let topIndex: Int? = row[3]
        let top = topIndex.flatMap { labels.indices.contains($0) ? labels[$0] : nil }
        let blob: Data? = row[11]
        let values = blob.map { $0.withUnsafeBytes(BinaryCodec.floats(float32Data:)) } ?? []
        let verdict: String = row[5]
        let quality: String = row[6]
        let model: Int64? = row[9]
        let rawBlob: Data? = row[12]
        let raw = rawBlob.map { $0.withUnsafeBytes(BinaryCodec.floats(float32Data:)) } ?? []
        let trouble: String? = row[17]
        return StoredWindow(
            machine: machine,
            start: Date(millisecondsSince1970: row[0]),
            end: Date(millisecondsSince1970: row[1]),
            scores: zip(labels, values).map { LabelScore(label: $0, confidence: Double($1)) },
            top: top,
            confidence: row[4],
            verdict: verdict == "label" ? (top?.rawValue ?? verdict) : verdict,
            quality: ObservationQuality(rawValue: quality) ?? .incomplete,
            levelDBFS: row[7],
            missingFraction: row[8],
            model: model.flatMap { models[$0] } ?? "",
            latencyMS: row[10],
            rawScores: zip(labels, raw).map { LabelScore(label: $0, confidence: Double($1)) },
            novelty: Self.novelty(row),
            trouble: trouble.flatMap(MicrophoneTrouble.init(rawValue:))
        )
    }

    private static func novelty(_ row: Row) -> Novelty? {
        let (found, bound): (Double?, Double?) = (row[13], row[14])
        guard let score = found, let limit = bound else { return nil }
        return Novelty(score: score, limit: limit, share: row[15] ?? 0, state: row[16] ?? "")
    }
}

/// The label lists windows were judged with.
enum Vocabularies {
    static func fetch(_ db: Database) throws -> [Int64: [LabelID]] {
        var vocabularies: [Int64: [LabelID]] = [:]
        for row in try Row.fetchAll(db, sql: "SELECT id, labels FROM vocabularies") {
            vocabularies[row[0]] = try JSONText.decode([String].self, from: row[1]).map(LabelID.init(rawValue:))
        }
        return vocabularies
    }
}
