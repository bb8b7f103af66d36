// Reading the review list and what was decided.
import Foundation
import GRDB
import MachineHealth

/// A page of the review list.
public struct ReviewPage: Sendable {
    /// The items, the most informative first; decided ones newest first.
    public let items: [ReviewItem]
    /// The standing decision of each decided item.
    public let decisions: [UUID: ReviewDecision]
    /// Where the next page begins; nil on the last one.
    public let next: String?
}

extension TrendLogReader {
    /// Windows that wait for a person.
    public func openReviewCount() async throws -> Int {
        try await read { try Int.fetchOne($0, sql: "SELECT count(*) FROM review_items WHERE state = 'open'") ?? 0 }
    }

    /// One item; nil where there is none with that id.
    public func reviewItem(_ id: UUID) async throws -> ReviewItem? {
        try await read { db in
            try Row.fetchOne(db, sql: Self.reviewSelect() + " WHERE review_items.id = ?", arguments: [id.text])
                .flatMap(ReviewItem.init(row:))
        }
    }

    /// A page of the list.
    ///
    /// - Parameters:
    ///   - state: open or decided.
    ///   - after: what the page before gave as `next`; a text that is no such thing begins anew.
    public func reviewPage(
        state: ReviewState,
        machine: String? = nil,
        limit: Int = 50,
        after: String? = nil
    ) async throws -> ReviewPage {
        let numbers = (after ?? "").split(separator: ".").compactMap { Int64($0) }
        let place = numbers.count == 3 ? numbers : nil
        return try await read { db in
            let id = try machine.map { try machineID(db, $0) }
            let rows =
                state == .decided
                ? try Self.decidedRows(db, machineID: id, before: place?[2] ?? .max, limit: limit + 1)
                : try Self.waitingRows(db, state: state, machineID: id, after: place, limit: limit + 1)
            let shown = rows.prefix(limit)
            var next: String?
            if rows.count > limit, let last = shown.last {
                let rank: Int64 = last["rank"]
                let distance: Int64 = last["distance_ppm"]
                let turn: Int64 = last["turn"]
                next = "\(rank).\(distance).\(turn)"
            }
            let items = shown.compactMap(ReviewItem.init(row:))
            let found = try Self.decisions(
                db,
                where: "undone_ms IS NULL AND item_id IN (SELECT value FROM json_each(?))",
                [try JSONText.encode(items.map(\.id.text))],
                limit: items.count
            )
            return ReviewPage(
                items: items,
                decisions: Dictionary(found.map { ($0.itemID, $0) }) { first, _ in first },
                next: next
            )
        }
    }

    /// Undecided items, the most informative first; `turn` is what the next page begins after.
    private static func waitingRows(
        _ db: Database,
        state: ReviewState,
        machineID: Int64?,
        after place: [Int64]?,
        limit: Int
    ) throws -> [Row] {
        let arguments: [(any DatabaseValueConvertible)?] = [
            state.rawValue, machineID, place?[0] ?? Int64.min, place?[1] ?? Int64.min, place?[2] ?? Int64.max, limit,
        ]
        return try Row.fetchAll(
            db,
            sql: reviewSelect("review_items.sequence AS turn") + """
                 WHERE state = ?1 AND (?2 IS NULL OR machine_id = ?2)
                    AND (rank > ?3 OR (rank = ?3 AND (distance_ppm > ?4
                        OR (distance_ppm = ?4 AND review_items.sequence < ?5))))
                ORDER BY rank, distance_ppm, review_items.sequence DESC LIMIT ?6
                """,
            arguments: StatementArguments(arguments)
        )
    }

    /// Decided items, the newest decision first.
    private static func decidedRows(
        _ db: Database,
        machineID: Int64?,
        before turn: Int64,
        limit: Int
    ) throws -> [Row] {
        let arguments: [(any DatabaseValueConvertible)?] = [machineID, turn, limit]
        return try Row.fetchAll(
            db,
            sql: reviewSelect("turn") + """
                 JOIN (SELECT item_id, max(sequence) AS turn FROM decisions WHERE undone_ms IS NULL GROUP BY item_id) d
                    ON d.item_id = review_items.id
                WHERE state = 'decided' AND (?1 IS NULL OR machine_id = ?1) AND turn < ?2
                ORDER BY turn DESC LIMIT ?3
                """,
            arguments: StatementArguments(arguments)
        )
    }

    /// Items of a machine whose windows begin in a stretch of time, whatever their state; those a person asked for are
    /// left out.
    public func reviewItems(machine: String, since: Date, until: Date) async throws -> [ReviewItem] {
        try await read { db in
            try Row.fetchAll(
                db,
                sql: Self.reviewSelect() + """
                     WHERE machines.name = ? AND start_ms >= ? AND start_ms < ? AND reason <> 'manual'
                    ORDER BY review_items.sequence
                    """,
                arguments: [machine, since.millisecondsSince1970, until.millisecondsSince1970]
            ).compactMap(ReviewItem.init(row:))
        }
    }

    /// The open items that have waited longest.
    public func oldestOpenReviewItems(limit: Int) async throws -> [UUID] {
        try await read { db in
            try String.fetchAll(
                db,
                sql: "SELECT id FROM review_items WHERE state = 'open' ORDER BY created_ms, sequence LIMIT ?",
                arguments: [max(0, limit)]
            ).compactMap(UUID.init(uuidString:))
        }
    }

    /// Decisions, oldest first: what a classifier learns from.
    ///
    /// - Parameter includingUndone: those taken back as well.
    public func decisions(
        machine: String? = nil,
        since: Date? = nil,
        includingUndone: Bool = false,
        limit: Int = 10_000
    ) async throws -> [ReviewDecision] {
        try await read { db in
            try Self.decisions(
                db,
                where: "(?1 IS NULL OR decisions.machine_id = ?1) AND time_ms >= ?2 AND (?3 OR undone_ms IS NULL)",
                [
                    try machine.map { try machineID(db, $0) }, since?.millisecondsSince1970 ?? .min, includingUndone,
                ],
                limit: limit
            )
        }
    }

    /// One decision; nil where there is none with that id.
    public func decision(_ id: UUID) async throws -> ReviewDecision? {
        try await read { try Self.decisions($0, where: "decisions.id = ?", [id.text], limit: 1).first }
    }

    func requiredDecision(_ id: UUID) async throws -> ReviewDecision {
        guard let decision = try await decision(id) else { throw ReviewRefusal.unknownDecision(id) }
        return decision
    }

    private static func reviewSelect(_ more: String = "NULL AS turn") -> String {
        """
        SELECT review_items.*, machines.name AS machine, models.name AS model, \(more) FROM review_items
        JOIN machines ON machines.id = review_items.machine_id LEFT JOIN models ON models.id = review_items.model_id
        """
    }

    private static func decisions(
        _ db: Database,
        where condition: String,
        _ arguments: StatementArguments,
        limit: Int
    ) throws -> [ReviewDecision] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT decisions.*, machines.name AS machine, models.name AS model FROM decisions
                JOIN machines ON machines.id = decisions.machine_id LEFT JOIN models ON models.id = decisions.model_id
                WHERE \(condition) ORDER BY decisions.sequence LIMIT \(max(0, limit))
                """,
            arguments: arguments
        ).compactMap(ReviewDecision.init(row:))
    }
}

extension ReviewItem {
    /// Nil where a newer program's row cannot be read.
    fileprivate init?(row: Row) {
        guard let id = UUID(uuidString: row["id"]), let reason = ReviewReason(rawValue: row["reason"]),
            let state = ReviewState(rawValue: row["state"])
        else { return nil }
        let label: String? = row["label"]
        let ppm: Int64 = row["distance_ppm"]
        self.init(
            id: id,
            machine: row["machine"],
            start: Date(millisecondsSince1970: row["start_ms"]),
            end: Date(millisecondsSince1970: row["end_ms"]),
            reason: reason,
            label: label.map(LabelID.init(rawValue:)),
            confidence: row["confidence"],
            distance: Double(ppm) / 1e6,
            scores: (try? JSONText.decode([LabelScore].self, from: row["scores"])) ?? [],
            model: row["model"] ?? "",
            created: Date(millisecondsSince1970: row["created_ms"]),
            state: state
        )
    }
}

extension ReviewDecision {
    /// Nil where a newer program's row cannot be read.
    fileprivate init?(row: Row) {
        guard let id = UUID(uuidString: row["id"]), let itemID = UUID(uuidString: row["item_id"]),
            let verdict = ReviewVerdict(rawValue: row["decision"])
        else { return nil }
        let label: String? = row["label"]
        let embedding: Data? = row["embedding"]
        let undone: Int64? = row["undone_ms"]
        self.init(
            id: id,
            itemID: itemID,
            machine: row["machine"],
            start: Date(millisecondsSince1970: row["start_ms"]),
            end: Date(millisecondsSince1970: row["end_ms"]),
            verdict: verdict,
            label: label.map(LabelID.init(rawValue:)),
            user: row["user"],
            comment: row["comment"],
            time: Date(millisecondsSince1970: row["time_ms"]),
            model: row["model"],
            embedding: embedding.map(BinaryCodec.floats(float16Data:)),
            undone: undone.map(Date.init(millisecondsSince1970:)),
            undoneBy: row["undone_by"]
        )
    }
}
