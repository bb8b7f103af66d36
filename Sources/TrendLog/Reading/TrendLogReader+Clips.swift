// Reading the rows of kept clips.
import Foundation
import GRDB
import MachineHealth

extension TrendLogReader {
    /// SQL over a row of `clips`: an alarm that is not normal needs it.
    static let clipIsProtected = """
        EXISTS (SELECT 1 FROM clip_causes WHERE clip_causes.clip_id = clips.id AND clip_causes.alarm_id IN
            (SELECT alarm_id FROM alarms WHERE state <> 'normal' AND alarm_id IS NOT NULL))
        """

    /// One clip; nil where there is none with that id.
    public func clip(_ id: UUID) async throws -> ClipRecord? {
        try await read { try Self.clips($0, where: "clips.id = ?", [id.text], limit: 1).first }
    }

    /// Clips, newest first.
    ///
    /// - Parameters:
    ///   - machine: only of this machine.
    ///   - alarmID: only those that bear witness to this alarm instance.
    ///   - since: only those that end after it.
    ///   - until: only those that begin before it.
    public func clips(
        machine: String? = nil,
        alarmID: UUID? = nil,
        since: Date? = nil,
        until: Date? = nil,
        limit: Int = 200
    ) async throws -> [ClipRecord] {
        try await read { db in
            try Self.clips(
                db,
                where: """
                    (?1 IS NULL OR clips.machine_id = ?1) AND clips.end_ms > ?2 AND clips.start_ms < ?3
                        AND (?4 IS NULL OR clips.id IN (SELECT clip_id FROM clip_causes WHERE alarm_id = ?4))
                    """,
                [
                    try machine.map { try machineID(db, $0) }, since?.millisecondsSince1970 ?? .min,
                    until?.millisecondsSince1970 ?? .max, alarmID?.text,
                ],
                limit: limit
            )
        }
    }

    /// The clip that holds most of a stretch of a machine's sound; nil where none holds any of it.
    public func clip(machine: String, covering start: Date, to end: Date) async throws -> ClipRecord? {
        try await read { try Self.clip($0, machine: machine, covering: start, to: end) }
    }

    static func clip(_ db: Database, machine: String, covering start: Date, to end: Date) throws -> ClipRecord? {
        let (from, to) = (start.millisecondsSince1970, end.millisecondsSince1970)
        return try clips(
            db,
            where: "machines.name = ?1 AND clips.start_ms < ?3 AND clips.end_ms > ?2",
            order: "min(clips.end_ms, ?3) - max(clips.start_ms, ?2) DESC, clips.sequence DESC",
            [machine, from, to],
            limit: 1
        ).first
    }

    /// How many clips bear witness to each of some alarm instances.
    public func clipCounts(alarmIDs: [UUID]) async throws -> [UUID: Int] {
        guard !alarmIDs.isEmpty else { return [:] }
        return try await read { db in
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT alarm_id, count(DISTINCT clip_id) FROM clip_causes
                    WHERE alarm_id IN (SELECT value FROM json_each(?)) GROUP BY alarm_id
                    """,
                arguments: [try JSONText.encode(alarmIDs.map(\.text))]
            )
            let pairs = rows.compactMap { row in UUID(uuidString: row[0]).map { ($0, row[1] as Int) } }
            return Dictionary(pairs) { first, _ in first }
        }
    }

    /// How much is kept.
    public func clipTotals() async throws -> ClipTotals {
        try await read { db in
            let row = try Row.fetchOne(db, sql: "SELECT count(*), coalesce(sum(bytes), 0) FROM clips")
            return ClipTotals(count: row?[0] ?? 0, bytes: row?[1] ?? 0)
        }
    }

    /// Whether an alarm that is not normal needs a clip.
    public func isProtected(clip id: UUID) async throws -> Bool {
        try await read { db in
            try Bool.fetchOne(db, sql: "SELECT \(Self.clipIsProtected) FROM clips WHERE id = ?", arguments: [id.text])
                ?? false
        }
    }

    /// Every clip, oldest first, as retention looks at them.
    public func clipFiles() async throws -> [ClipFile] {
        try await read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT id, file, start_ms, bytes, \(Self.clipIsProtected) FROM clips ORDER BY start_ms, sequence
                    """
            ).compactMap { row in
                guard let id = UUID(uuidString: row[0]) else { return nil }
                return ClipFile(
                    id: id,
                    file: row[1],
                    start: Date(millisecondsSince1970: row[2]),
                    bytes: row[3],
                    isProtected: row[4]
                )
            }
        }
    }

    private static func clips(
        _ db: Database,
        where condition: String,
        order: String = "clips.start_ms DESC, clips.sequence DESC",
        _ arguments: StatementArguments,
        limit: Int
    ) throws -> [ClipRecord] {
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT clips.*, machines.name AS machine FROM clips JOIN machines ON machines.id = clips.machine_id
                WHERE \(condition) ORDER BY \(order) LIMIT \(max(0, limit))
                """,
            arguments: arguments
        )
        return try rows.compactMap { row in
            let text: String = row["id"]
            guard let id = UUID(uuidString: text) else { return nil }
            let causes = try Row.fetchAll(
                db.cachedStatement(sql: "SELECT * FROM clip_causes WHERE clip_id = ? ORDER BY rowid"),
                arguments: [text]
            )
            return ClipRecord(
                id: id,
                machine: row["machine"],
                start: Date(millisecondsSince1970: row["start_ms"]),
                end: Date(millisecondsSince1970: row["end_ms"]),
                sampleRateHz: row["sample_rate_hz"],
                missingSeconds: row["missing_s"],
                bytes: row["bytes"],
                file: row["file"],
                created: Date(millisecondsSince1970: row["created_ms"]),
                causes: causes.compactMap(ClipCause.init(row:))
            )
        }
    }
}

extension ClipCause {
    /// Nil where a newer program's reason cannot be read.
    fileprivate init?(row: Row) {
        guard let reason = ClipReason(rawValue: row["reason"]) else { return nil }
        let label: String? = row["label"]
        let alarm: String? = row["alarm_id"]
        self.init(
            reason: reason,
            label: label.map(LabelID.init(rawValue:)),
            alarmID: alarm.flatMap(UUID.init(uuidString:)),
            start: Date(millisecondsSince1970: row["start_ms"]),
            end: Date(millisecondsSince1970: row["end_ms"])
        )
    }
}
