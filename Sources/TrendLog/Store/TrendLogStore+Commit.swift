// Writing: machines at start, and one transaction per judged window.
import Foundation
import GRDB
import MachineHealth

extension TrendLogStore {
    /// Notes machines and their labels as configured; existing ones are updated, history is kept.
    public func register(_ machines: [MachineRegistration]) async throws {
        try await write { db in
            for machine in machines {
                let id = try Self.machineID(db, machine.machine)
                try db.execute(
                    sql: "UPDATE machines SET site = ?, profile = ? WHERE id = ?",
                    arguments: [machine.site, machine.profile, id]
                )
                try db.execute(sql: "DELETE FROM labels WHERE machine_id = ?", arguments: [id])
                for (position, label) in machine.labels.enumerated() {
                    try db.execute(
                        sql: """
                            INSERT OR REPLACE INTO labels (machine_id, label, position, kind, severity, names)
                            VALUES (?, ?, ?, ?, ?, ?)
                            """,
                        arguments: [
                            id, label.id.rawValue, position, label.kind.rawValue, label.severity.rawValue,
                            try JSONText.encode(label.name.names),
                        ]
                    )
                }
            }
        }
    }

    /// Writes everything one window or command changes, or nothing.
    ///
    /// Repeating a commit is harmless: a window with a start the machine already has is not counted again, and an event
    /// with a known id is not written again.
    ///
    /// - Throws: `TrendLogError`; with `isTransient` the same commit can be tried again later.
    @discardableResult
    public func commit(_ commit: WindowCommit) async throws -> CommitReceipt {
        try await write(durable: commit.isPrecious) { db in
            var isNew = false
            if let window = commit.window { isNew = try Self.insert(window, db) }
            for alarm in commit.alarms { try Self.save(alarm, db) }
            for transition in commit.transitions { try Self.insert(transition, db) }
            var deliveries = 0
            for event in commit.events { deliveries += try Self.insert(event, db) }
            for action in commit.operatorActions { try Self.insert(action, db) }
            if let tracker = commit.tracker {
                try db.cachedStatement(
                    sql: "INSERT OR REPLACE INTO tracker_states (machine_id, state, updated_ms) VALUES (?, ?, ?)"
                ).execute(arguments: [
                    try Self.machineID(db, tracker.machine), tracker.state, tracker.time.millisecondsSince1970,
                ])
            }
            return CommitReceipt(windowIsNew: isNew, deliveries: deliveries)
        }
    }

    /// The row of a machine, made on first sight.
    static func machineID(_ db: Database, _ name: String) throws -> Int64 {
        let find = try db.cachedStatement(sql: "SELECT id FROM machines WHERE name = ?")
        if let id = try Int64.fetchOne(find, arguments: [name]) { return id }
        try db.execute(sql: "INSERT INTO machines (name) VALUES (?)", arguments: [name])
        return db.lastInsertedRowID
    }

    private static func vocabularyID(_ db: Database, _ labels: [LabelID]) throws -> Int64 {
        let text = try JSONText.encode(labels.map(\.rawValue))
        let find = try db.cachedStatement(sql: "SELECT id FROM vocabularies WHERE labels = ?")
        if let id = try Int64.fetchOne(find, arguments: [text]) { return id }
        try db.execute(sql: "INSERT INTO vocabularies (labels) VALUES (?)", arguments: [text])
        return db.lastInsertedRowID
    }

    static func modelID(_ db: Database, _ name: String) throws -> Int64 {
        let find = try db.cachedStatement(sql: "SELECT id FROM models WHERE name = ?")
        if let id = try Int64.fetchOne(find, arguments: [name]) { return id }
        try db.execute(sql: "INSERT INTO models (name) VALUES (?)", arguments: [name])
        return db.lastInsertedRowID
    }

    private static func insert(_ window: WindowRecord, _ db: Database) throws -> Bool {
        let observation = window.observation
        let machine = try machineID(db, observation.machine)
        let model = try modelID(db, window.model)
        let start = observation.start.millisecondsSince1970
        let isClassified = observation.quality == .good && !observation.scores.isEmpty
        let vocabulary = isClassified ? try vocabularyID(db, observation.scores.map(\.label)) : nil
        let scores = observation.scores.map { Float($0.confidence) }
        let top = observation.top
        let topIndex = top.flatMap { top in observation.scores.firstIndex { $0.label == top.label } }
        let level = WindowRecord.storable(levelDBFS: observation.levelDBFS)
        let novelty = observation.storedNovelty

        let insert = try db.cachedStatement(
            sql: """
                INSERT INTO observations (machine_id, start_ms, end_ms, vocabulary_id, top, confidence, verdict, quality,
                    level_dbfs, missing_fraction, latency_ms, model_id, scores, raw_scores, novelty, novelty_limit,
                    novelty_share, operating_state, trouble)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT DO NOTHING
                """
        )
        let detection: StatementArguments = [
            isClassified ? observation.storedRawScores : nil, novelty?.score, novelty?.limit, novelty?.share,
            novelty?.state, observation.trouble?.rawValue,
        ]
        let heard: StatementArguments = [
            machine, start, observation.end.millisecondsSince1970, vocabulary, isClassified ? topIndex : nil,
            isClassified ? top?.confidence : nil, window.storedVerdict, observation.quality.rawValue, level,
            observation.missingFraction.isFinite ? observation.missingFraction : 1,
            window.latencyMS.isFinite ? window.latencyMS : 0, model,
            isClassified ? BinaryCodec.float32Data(scores) : nil,
        ]
        try insert.execute(arguments: heard + detection)
        guard db.changesCount > 0 else { return false }

        try db.cachedStatement(
            sql: """
                UPDATE machines SET windows = windows + 1,
                    first_start_ms = min(coalesce(first_start_ms, ?1), ?1),
                    last_start_ms = max(coalesce(last_start_ms, ?1), ?1)
                WHERE id = ?2
                """
        ).execute(arguments: [start, machine])

        if window.embedding != nil || window.descriptor != nil {
            try db.cachedStatement(
                sql: """
                    INSERT INTO features (machine_id, start_ms, model_id, embedding, descriptor_version, descriptor)
                    VALUES (?, ?, ?, ?, ?, ?)
                    """
            ).execute(arguments: [
                machine, start, model, window.embedding.map(BinaryCodec.float16Data), window.descriptor?.version,
                window.descriptor.map { BinaryCodec.float16Data($0.values) },
            ])
        }
        for resolution in SummaryResolution.allCases {
            try addToSummary(
                db,
                machine: machine,
                resolution: resolution,
                start: start,
                vocabulary: vocabulary ?? 0,
                level: level,
                scores: vocabulary == nil ? nil : scores,
                novelty: novelty,
                isTroubled: observation.trouble != nil
            )
        }
        return true
    }

    private static func addToSummary(
        _ db: Database,
        machine: Int64,
        resolution: SummaryResolution,
        start: Int64,
        vocabulary: Int64,
        level: Double,
        scores: [Float]?,
        novelty: Novelty?,
        isTroubled: Bool
    ) throws {
        let bucket = resolution.bucketStart(of: start)
        let key: [any DatabaseValueConvertible] = [machine, resolution.rawValue, bucket, vocabulary]
        let find = try db.cachedStatement(
            sql: """
                SELECT scores FROM summaries
                WHERE machine_id = ? AND resolution_s = ? AND bucket_ms = ? AND vocabulary_id = ?
                """
        )
        let existing = try Data.fetchOne(find, arguments: StatementArguments(key))
        var sums =
            existing.map { $0.withUnsafeBytes(ScoreAccumulator.init) }
            ?? ScoreAccumulator(labelCount: scores?.count ?? 0)
        if let scores { sums.add(scores) }
        let isClassified = scores != nil
        let detection: StatementArguments = [
            novelty == nil ? 0 : 1, novelty?.score ?? 0, novelty?.score, novelty?.limit,
            novelty?.isNovel == true ? 1 : 0, isTroubled ? 1 : 0,
        ]
        try db.cachedStatement(
            sql: """
                INSERT INTO summaries (machine_id, resolution_s, bucket_ms, vocabulary_id, windows, incomplete, level_sum,
                    level_max, scores, novelty_windows, novelty_sum, novelty_max, novelty_limit, novel_windows,
                    trouble_windows)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT DO UPDATE SET windows = windows + excluded.windows,
                    incomplete = incomplete + excluded.incomplete, level_sum = level_sum + excluded.level_sum,
                    level_max = max(level_max, excluded.level_max), scores = excluded.scores,
                    novelty_windows = novelty_windows + excluded.novelty_windows,
                    novelty_sum = novelty_sum + excluded.novelty_sum,
                    novelty_max = coalesce(max(novelty_max, excluded.novelty_max), novelty_max, excluded.novelty_max),
                    novelty_limit = coalesce(excluded.novelty_limit, novelty_limit),
                    novel_windows = novel_windows + excluded.novel_windows,
                    trouble_windows = trouble_windows + excluded.trouble_windows
                """
        ).execute(
            arguments: StatementArguments(key)
                + [isClassified ? 1 : 0, isClassified ? 0 : 1, isClassified ? level : 0, level, sums.data]
                + detection
        )
    }
}

extension WindowRecord {
    /// Level written for digital silence, whose true level is minus infinity: far below any converter's noise.
    static let silenceLevelDBFS = -160.0

    static func storable(levelDBFS level: Double) -> Double {
        level.isFinite ? max(level, silenceLevelDBFS) : silenceLevelDBFS
    }

    /// The verdict's column: "label" stands for the top label, whose name the row holds already.
    fileprivate var storedVerdict: String {
        guard case .label(let id) = verdict else { return verdict.description }
        return id == observation.top?.label ? "label" : id.rawValue
    }
}

extension Observation {
    /// The model's own probabilities where they differ, in the vocabulary's order.
    fileprivate var storedRawScores: Data? {
        rawScores.count == scores.count && !rawScores.isEmpty
            ? BinaryCodec.float32Data(rawScores.map { Float($0.confidence) }) : nil
    }

    /// SQLite knows no NaN: a value that is no number would be read back as none.
    fileprivate var storedNovelty: Novelty? {
        novelty.flatMap { $0.score.isFinite && $0.limit.isFinite ? $0 : nil }
    }
}
