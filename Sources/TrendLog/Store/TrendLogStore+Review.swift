// Writing the review list: items in and out of it, decisions and their undoing.
import Foundation
import GRDB
import MachineHealth

extension TrendLogStore {
    /// Puts a window on the review list, with its embedding where the trend log has it.
    ///
    /// - Parameter expiring: items that leave the list undecided for it.
    public func add(_ item: ReviewItem, expiring: [UUID] = []) async throws {
        try await write { db in
            let machine = try Self.machineID(db, item.machine)
            let start = item.start.millisecondsSince1970
            try db.execute(
                sql: """
                    INSERT INTO review_items (id, machine_id, start_ms, end_ms, reason, label, confidence, rank,
                        distance_ppm, scores, model_id, embedding, created_ms, state)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    item.id.text, machine, start, item.end.millisecondsSince1970, item.reason.rawValue,
                    item.label?.rawValue, item.confidence, item.reason.rank, Int64((item.distance * 1e6).rounded()),
                    try JSONText.encode(item.scores), try Self.existingModelID(db, item.model),
                    try Self.embedding(db, machine: machine, start: start), item.created.millisecondsSince1970,
                    item.state.rawValue,
                ]
            )
            for id in expiring { try Self.expire(id, db) }
        }
    }

    /// Takes undecided items off the list.
    public func expire(reviewItems ids: [UUID]) async throws {
        guard !ids.isEmpty else { return }
        try await write { db in for id in ids { try Self.expire(id, db) } }
    }

    /// Deletes items that left the list undecided before a time. Decisions and their items are kept.
    @discardableResult
    public func deleteExpiredReviewItems(before cutoff: Date) async throws -> Int {
        try await write { db in
            try db.execute(
                sql: """
                    DELETE FROM review_items WHERE state = 'expired' AND created_ms < ?
                        AND id NOT IN (SELECT item_id FROM decisions)
                    """,
                arguments: [cutoff.millisecondsSince1970]
            )
            return db.changesCount
        }
    }

    /// Notes what a person decided, with the window's embedding.
    ///
    /// - Parameter label: the label given; nil takes the item's own for `confirm` and `reject`.
    /// - Throws: `ReviewRefusal` where there is no such item or it is decided already.
    public func decide(
        item id: UUID,
        verdict: ReviewVerdict,
        label: LabelID? = nil,
        user: String,
        comment: String? = nil,
        at time: Date
    ) async throws -> ReviewDecision {
        let decision = UUID()
        try await write(durable: true) { db in
            guard
                let row = try Row.fetchOne(
                    db,
                    sql: "SELECT * FROM review_items WHERE id = ?",
                    arguments: [id.text]
                )
            else { throw ReviewRefusal.unknownItem(id) }
            let standing = try String.fetchOne(
                db,
                sql: "SELECT user FROM decisions WHERE item_id = ? AND undone_ms IS NULL",
                arguments: [id.text]
            )
            if let standing { throw ReviewRefusal.alreadyDecided(id, by: standing) }
            let machine: Int64 = row["machine_id"]
            let start: Int64 = row["start_ms"]
            let end: Int64 = row["end_ms"]
            let kept: Data? = row["embedding"]
            let model: Int64? = row["model_id"]
            let own: String? = row["label"]
            let about = label?.rawValue ?? ([.confirm, .reject].contains(verdict) ? own : nil)
            try db.execute(
                sql: """
                    INSERT INTO decisions (id, item_id, machine_id, start_ms, end_ms, decision, label, user, comment,
                        time_ms, model_id, embedding)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    decision.text, id.text, machine, start, end, verdict.rawValue, about, user, comment,
                    time.millisecondsSince1970, try model ?? Self.featureModel(db, machine: machine, start: start),
                    try kept ?? Self.embedding(db, machine: machine, start: start),
                ]
            )
            try db.execute(sql: "UPDATE review_items SET state = 'decided' WHERE id = ?", arguments: [id.text])
        }
        return try await reader.requiredDecision(decision)
    }

    /// Takes a decision back: it stays in the trend log, marked, and its window is open again.
    ///
    /// - Throws: `ReviewRefusal` where there is none or it was taken back before.
    public func undo(decision id: UUID, user: String, at time: Date) async throws -> ReviewDecision {
        try await write(durable: true) { db in
            guard
                let row = try Row.fetchOne(
                    db,
                    sql: "SELECT item_id, undone_by, undone_ms FROM decisions WHERE id = ?",
                    arguments: [id.text]
                )
            else { throw ReviewRefusal.unknownDecision(id) }
            let before: Int64? = row["undone_ms"]
            let who: String? = row["undone_by"]
            if before != nil { throw ReviewRefusal.alreadyUndone(id, by: who ?? "somebody") }
            try db.execute(
                sql: "UPDATE decisions SET undone_ms = ?, undone_by = ? WHERE id = ?",
                arguments: [time.millisecondsSince1970, user, id.text]
            )
            let item: String = row["item_id"]
            try db.execute(sql: "UPDATE review_items SET state = 'open' WHERE id = ?", arguments: [item])
        }
        return try await reader.requiredDecision(id)
    }

    private static func expire(_ id: UUID, _ db: Database) throws {
        try db.execute(
            sql: "UPDATE review_items SET state = 'expired' WHERE id = ? AND state = 'open'",
            arguments: [id.text]
        )
    }

    private static func existingModelID(_ db: Database, _ name: String) throws -> Int64? {
        try Int64.fetchOne(db, sql: "SELECT id FROM models WHERE name = ?", arguments: [name])
    }

    private static func embedding(_ db: Database, machine: Int64, start: Int64) throws -> Data? {
        try Data.fetchOne(
            db,
            sql: "SELECT embedding FROM features WHERE machine_id = ? AND start_ms = ?",
            arguments: [machine, start]
        )
    }

    private static func featureModel(_ db: Database, machine: Int64, start: Int64) throws -> Int64? {
        try Int64.fetchOne(
            db,
            sql: "SELECT model_id FROM features WHERE machine_id = ? AND start_ms = ?",
            arguments: [machine, start]
        )
    }
}
