// Reading alarms, their history, events and the outbox.
import Foundation
import GRDB
import MachineHealth

extension TrendLogReader {
    /// Alarm records, by machine and label; those in state normal only on request.
    public func alarms(machine: String? = nil, includingNormal: Bool = false) async throws -> [AlarmRecord] {
        try await read { db in
            try Self.alarms(
                db,
                machineID: try machine.map { try machineID(db, $0) },
                includingNormal: includingNormal
            )
        }
    }

    static func alarms(_ db: Database, machineID: Int64?, includingNormal: Bool) throws -> [AlarmRecord] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT machines.name AS machine, alarms.* FROM alarms JOIN machines ON machines.id = alarms.machine_id
                WHERE (?1 IS NULL OR machine_id = ?1) AND (?2 OR state <> 'normal') ORDER BY machines.name, label
                """,
            arguments: [machineID, includingNormal]
        ).compactMap(AlarmRecord.init(row:))
    }

    /// Steps of alarms, oldest first; the newest `limit` of them.
    public func transitions(
        machine: String? = nil,
        alarmID: UUID? = nil,
        since: Date? = nil,
        until: Date? = nil,
        limit: Int = 1_000
    ) async throws -> [AlarmTransition] {
        try await read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT machines.name AS machine, t.* FROM alarm_transitions t
                    JOIN machines ON machines.id = t.machine_id
                    WHERE (?1 IS NULL OR t.machine_id = ?1) AND (?2 IS NULL OR t.alarm_id = ?2)
                        AND time_ms >= ?3 AND time_ms < ?4
                    ORDER BY time_ms DESC, t.id DESC LIMIT ?5
                    """,
                arguments: [
                    try machine.map { try machineID(db, $0) }, alarmID?.text, since?.millisecondsSince1970 ?? .min,
                    until?.millisecondsSince1970 ?? .max, limit,
                ]
            ).compactMap(AlarmTransition.init(row:)).reversed()
        }
    }

    /// Events, oldest first; the newest `limit` of them.
    public func events(
        machine: String? = nil,
        label: LabelID? = nil,
        types: [HealthEventType]? = nil,
        since: Date? = nil,
        until: Date? = nil,
        limit: Int = 1_000
    ) async throws -> [StoredEvent] {
        try await read { db in
            let types = try types.map { try JSONText.encode($0.map(\.rawValue)) }
            return try Row.fetchAll(
                db,
                sql: """
                    SELECT machines.name AS machine, e.*,
                        (SELECT count(*) FROM outbox WHERE event_id = e.id AND sent_ms IS NULL) AS unsent
                    FROM events e JOIN machines ON machines.id = e.machine_id
                    WHERE (?1 IS NULL OR e.machine_id = ?1) AND (?2 IS NULL OR label = ?2)
                        AND (?3 IS NULL OR type IN (SELECT value FROM json_each(?3)))
                        AND time_ms >= ?4 AND time_ms < ?5
                    ORDER BY time_ms DESC, sequence DESC LIMIT ?6
                    """,
                arguments: [
                    try machine.map { try machineID(db, $0) }, label?.rawValue, types,
                    since?.millisecondsSince1970 ?? .min, until?.millisecondsSince1970 ?? .max, limit,
                ]
            ).compactMap(StoredEvent.init(row:)).reversed()
        }
    }

    /// What the outbox owes, to one target or to all.
    public func outboxStatus(target: String? = nil) async throws -> OutboxStatus {
        try await read { db in
            let pending = try Int.fetchOne(
                db,
                sql: "SELECT count(*) FROM outbox WHERE sent_ms IS NULL AND (?1 IS NULL OR target = ?1)",
                arguments: [target]
            )
            let oldest = try Row.fetchOne(
                db,
                sql: """
                    SELECT created_ms, last_error FROM outbox WHERE sent_ms IS NULL AND (?1 IS NULL OR target = ?1)
                    ORDER BY id LIMIT 1
                    """,
                arguments: [target]
            )
            return OutboxStatus(
                pending: pending ?? 0,
                oldest: oldest.map { Date(millisecondsSince1970: $0["created_ms"]) },
                lastError: oldest?["last_error"]
            )
        }
    }
}

extension AlarmRecord {
    /// Nil where a newer program's state cannot be read.
    init?(row: Row) {
        guard let state = AlarmState(rawValue: row["state"]), let severity = Severity(rawValue: row["severity"]),
            let quality = Quality(rawValue: row["quality"])
        else { return nil }
        self.init(
            machine: row["machine"],
            label: LabelID(row["label"]),
            state: state,
            alarmID: (row["alarm_id"] as String?).flatMap(UUID.init(uuidString:)),
            since: Date(millisecondsSince1970: row["since_ms"]),
            confidence: row["confidence"],
            consecutive: row["consecutive"],
            clearWindows: row["clear_windows"],
            required: row["required"],
            severity: severity,
            quality: quality,
            priority: (row["priority"] as String?).flatMap(AlarmPriority.init(rawValue:)),
            hiding: (row["hiding"] as String?).flatMap { try? JSONText.decode(AlarmHiding.self, from: $0) },
            course: (row["course"] as String?).flatMap { try? JSONText.decode(AlarmCourse.self, from: $0) }
                ?? AlarmCourse()
        )
    }
}

extension AlarmTransition {
    init?(row: Row) {
        guard let from = AlarmState(rawValue: row["from_state"]), let to = AlarmState(rawValue: row["to_state"]),
            let alarmID = UUID(uuidString: row["alarm_id"])
        else { return nil }
        self.init(
            machine: row["machine"],
            label: LabelID(row["label"]),
            alarmID: alarmID,
            replacedAlarmID: (row["replaced_alarm_id"] as String?).flatMap(UUID.init(uuidString:)),
            from: from,
            to: to,
            time: Date(millisecondsSince1970: row["time_ms"]),
            user: row["user"],
            comment: row["comment"]
        )
    }
}

extension StoredEvent {
    init?(row: Row) {
        guard let id = UUID(uuidString: row["id"]) else { return nil }
        let windows = try? JSONText.decode([StoredEventWindow].self, from: row["windows"])
        self.init(
            id: id,
            type: row["type"],
            machine: row["machine"],
            label: (row["label"] as String?).map(LabelID.init(rawValue:)),
            alarmID: (row["alarm_id"] as String?).flatMap(UUID.init(uuidString:)),
            time: Date(millisecondsSince1970: row["time_ms"]),
            severity: (row["severity"] as String?).flatMap(Severity.init(rawValue:)),
            confidence: row["confidence"],
            consecutive: row["consecutive"],
            windows: windows?.map(\.window) ?? [],
            message: row["message"],
            user: row["user"],
            comment: row["comment"],
            payload: row["payload"],
            unsent: row["unsent"]
        )
    }
}
