// The audit trail as rows: written with what an order changes, read newest first.
import Foundation
import GRDB
import MachineHealth

extension TrendLogStore {
    static func insert(_ action: OperatorAction, _ db: Database) throws {
        try db.cachedStatement(
            sql: """
                INSERT INTO operator_actions (time_ms, command, machine, label, alarm_id, user, origin, comment, ok, outcome)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            action.time.millisecondsSince1970, action.command, action.machine, action.label?.rawValue,
            action.alarmID?.text, action.user, action.origin, action.comment, action.isDone, action.outcome,
        ])
    }
}

extension TrendLogReader {
    /// What operators ordered, newest first.
    public func operatorActions(
        machine: String? = nil,
        alarmID: UUID? = nil,
        since: Date? = nil,
        until: Date? = nil,
        limit: Int = 100
    ) async throws -> [OperatorAction] {
        try await read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT * FROM operator_actions
                    WHERE (?1 IS NULL OR machine = ?1) AND (?2 IS NULL OR alarm_id = ?2)
                        AND time_ms >= ?3 AND time_ms < ?4
                    ORDER BY time_ms DESC, sequence DESC LIMIT ?5
                    """,
                arguments: [
                    machine, alarmID?.text, since?.millisecondsSince1970 ?? .min, until?.millisecondsSince1970 ?? .max,
                    limit,
                ]
            ).map(OperatorAction.init(row:))
        }
    }
}

extension OperatorAction {
    fileprivate init(row: Row) {
        self.init(
            time: Date(millisecondsSince1970: row["time_ms"]),
            command: row["command"],
            machine: row["machine"],
            label: (row["label"] as String?).map(LabelID.init(rawValue:)),
            alarmID: (row["alarm_id"] as String?).flatMap(UUID.init(uuidString:)),
            user: row["user"],
            origin: row["origin"],
            comment: row["comment"],
            isDone: row["ok"],
            outcome: row["outcome"]
        )
    }
}
