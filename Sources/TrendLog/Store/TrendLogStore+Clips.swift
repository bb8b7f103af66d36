// Rows of kept clips: written when the file lies in its place, deleted before the file goes.
import Foundation
import GRDB

extension TrendLogStore {
    /// Notes a clip whose file is complete.
    public func insert(_ clip: ClipRecord) async throws {
        try await write { db in
            try db.execute(
                sql: """
                    INSERT INTO clips (id, machine_id, start_ms, end_ms, sample_rate_hz, missing_s, bytes, file, created_ms)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    clip.id.text, try Self.machineID(db, clip.machine), clip.start.millisecondsSince1970,
                    clip.end.millisecondsSince1970, clip.sampleRateHz, clip.missingSeconds, clip.bytes, clip.file,
                    clip.created.millisecondsSince1970,
                ]
            )
            for cause in clip.causes { try Self.insert(cause, of: clip.id, db) }
        }
    }

    /// Lets a clip bear witness to something more.
    ///
    /// - Returns: false where the clip is gone.
    @discardableResult
    public func add(_ cause: ClipCause, toClip id: UUID) async throws -> Bool {
        try await write { db in
            guard try Bool.fetchOne(db, sql: "SELECT 1 FROM clips WHERE id = ?", arguments: [id.text]) != nil else {
                return false
            }
            try Self.insert(cause, of: id, db)
            return true
        }
    }

    /// Deletes the rows of clips; those an alarm that is not normal needs are left.
    ///
    /// - Returns: the clips whose rows went: their files may go now.
    public func deleteClips(_ ids: [UUID]) async throws -> [UUID] {
        try await write { db in
            try ids.filter { id in
                try db.execute(
                    sql: "DELETE FROM clips WHERE id = ? AND NOT \(TrendLogReader.clipIsProtected)",
                    arguments: [id.text]
                )
                return db.changesCount > 0
            }
        }
    }

    /// Deletes rows whose files are gone, whatever needs them.
    public func forgetClips(_ ids: [UUID]) async throws {
        guard !ids.isEmpty else { return }
        try await write { db in
            for id in ids { try db.execute(sql: "DELETE FROM clips WHERE id = ?", arguments: [id.text]) }
        }
    }

    private static func insert(_ cause: ClipCause, of id: UUID, _ db: Database) throws {
        try db.execute(
            sql: """
                INSERT INTO clip_causes (clip_id, reason, label, alarm_id, start_ms, end_ms) VALUES (?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                id.text, cause.reason.rawValue, cause.label?.rawValue, cause.alarmID?.text,
                cause.start.millisecondsSince1970, cause.end.millisecondsSince1970,
            ]
        )
    }
}
