// Listing alarm instances, past ones too: put together from their steps, their raising event and the present record.
import Foundation
import GRDB
import MachineHealth

extension TrendLogReader {
    /// A page of alarms, the one raised last first.
    ///
    /// - Parameters:
    ///   - limit: at most so many.
    ///   - cursor: where the page before ended.
    public func alarmPage(
        _ filter: AlarmFilter,
        limit: Int,
        after cursor: AlarmPosition? = nil
    ) async throws -> AlarmPage {
        let limit = max(1, limit)
        return try await read { db in
            var query = AlarmQuery(standing: filter.standing)
            if let machine = filter.machine { query.and("t.machine_id = ?", try machineID(db, machine)) }
            if let label = filter.label { query.and("t.label = ?", label.rawValue) }
            if let severity = filter.severity {
                query.and(
                    """
                    EXISTS (SELECT 1 FROM events s
                        WHERE s.alarm_id = t.alarm_id AND s.type IN \(AlarmQuery.raisingTypes) AND s.severity = ?)
                    """,
                    severity.rawValue
                )
            }
            if let since = filter.since { query.and("t.time_ms >= ?", since.millisecondsSince1970) }
            if let until = filter.until { query.and("t.time_ms < ?", until.millisecondsSince1970) }
            if let cursor { query.and("(t.time_ms, t.id) < (?, ?)", cursor.milliseconds, cursor.row) }
            let alarms = try query.fetch(db, limit: limit + 1)
            guard alarms.count > limit else { return AlarmPage(alarms: alarms, next: nil) }
            return AlarmPage(alarms: Array(alarms.prefix(limit)), next: alarms[limit - 1].position)
        }
    }

    /// One alarm instance; nil where there is none, or none any more.
    public func alarm(_ id: UUID) async throws -> StoredAlarm? {
        try await read { db in
            var query = AlarmQuery(standing: .all)
            query.and("t.alarm_id = ?", id.text)
            return try query.fetch(db, limit: 1).first
        }
    }

    /// Alarms of a machine whose fault was present at some time of a range, in the order they were raised.
    public func alarms(machine: String, presentFrom since: Date, until: Date) async throws -> [StoredAlarm] {
        let (from, to) = (since.millisecondsSince1970, until.millisecondsSince1970)
        return try await read { db in
            let machine = try machineID(db, machine)
            var query = AlarmQuery(standing: .all)
            query.and("t.machine_id = ?", machine)
            // Those raised in the range, and of each label the last one raised before it.
            query.and(
                """
                (t.time_ms >= ? OR t.id IN (SELECT id FROM (SELECT id, max(time_ms) FROM alarm_transitions
                    WHERE machine_id = ? AND to_state = 'unack_active' AND time_ms < ? GROUP BY label)))
                """,
                from,
                machine,
                from
            )
            query.and("t.time_ms < ?", to)
            return try query.fetch(db, limit: 2_000).reversed().filter { ($0.cleared ?? .distantFuture) >= since }
        }
    }

    /// Alarms that stand now, over all machines.
    public func standingAlarmCount() async throws -> Int {
        try await read {
            try Int.fetchOne($0, sql: "SELECT count(*) FROM alarms WHERE coalesce(stands, state <> 'normal')") ?? 0
        }
    }

    /// The windows that raised an alarm, as its event told them.
    public func raisingWindows(alarm id: UUID) async throws -> [EventWindow] {
        try await read { db in
            let text = try String.fetchOne(
                db,
                sql: """
                    SELECT windows FROM events WHERE alarm_id = ? AND type IN \(AlarmQuery.raisingTypes)
                    ORDER BY sequence LIMIT 1
                    """,
                arguments: [id.text]
            )
            return try text.map { try JSONText.decode([StoredEventWindow].self, from: $0).map(\.window) } ?? []
        }
    }
}

/// The list's statement: first the raising steps that pass the filter, then what is told of each.
private struct AlarmQuery {
    /// Events that begin an instance: it was raised, asked again, or got worse.
    static let raisingTypes = "('fault_raised', 'fault_realarmed', 'fault_escalated')"

    private let source: String
    /// The step that began an instance; later ones to the same state only brought it back from where it was hidden.
    private var conditions = [
        """
        t.to_state = 'unack_active' AND (t.from_state NOT IN ('shelved', 'suppressed', 'out_of_service')
            OR NOT EXISTS (SELECT 1 FROM alarm_transitions b
                WHERE b.alarm_id = t.alarm_id AND b.to_state = 'unack_active' AND b.id < t.id))
        """
    ]
    private var arguments: [any DatabaseValueConvertible] = []

    init(standing: AlarmFilter.Standing) {
        switch standing {
        case .active:
            // From the few that stand to their steps, not the other way round.
            source = "alarms r CROSS JOIN alarm_transitions t ON t.alarm_id = r.alarm_id"
            conditions.append("coalesce(r.stands, r.state <> 'normal')")
        case .past, .all:
            source = """
                alarm_transitions t LEFT JOIN alarms r
                ON r.machine_id = t.machine_id AND r.label = t.label AND r.alarm_id = t.alarm_id
                    AND coalesce(r.stands, r.state <> 'normal')
                """
            if standing == .past { conditions.append("r.alarm_id IS NULL") }
        }
    }

    mutating func and(_ condition: String, _ values: any DatabaseValueConvertible...) {
        conditions.append(condition)
        arguments += values
    }

    func fetch(_ db: Database, limit: Int) throws -> [StoredAlarm] {
        try Row.fetchAll(
            db,
            sql: """
                WITH page AS MATERIALIZED (
                    SELECT t.id, t.machine_id, t.label, t.alarm_id, t.time_ms, r.state, r.required, r.quality,
                        r.severity AS present_severity
                    FROM \(source)
                    WHERE \(conditions.joined(separator: " AND "))
                    ORDER BY t.time_ms DESC, t.id DESC LIMIT \(limit)
                )
                SELECT page.*, machines.name AS machine, e.severity, e.confidence, e.consecutive, e.message,
                    a.time_ms AS acknowledged_ms, a.user, a.comment,
                    coalesce(
                        (SELECT min(c.time_ms) FROM events c
                            WHERE c.alarm_id = page.alarm_id AND c.type = 'fault_cleared'),
                        (SELECT min(c.time_ms) FROM alarm_transitions c WHERE c.alarm_id = page.alarm_id
                            AND c.from_state IN ('unack_active', 'ack_active')
                            AND c.to_state IN ('rtn_unack', 'latched_ack', 'normal')),
                        (SELECT min(c.time_ms) FROM alarm_transitions c WHERE c.replaced_alarm_id = page.alarm_id)
                    ) AS cleared_ms
                FROM page JOIN machines ON machines.id = page.machine_id
                LEFT JOIN events e ON e.sequence = (SELECT min(f.sequence) FROM events f
                    WHERE f.alarm_id = page.alarm_id AND f.type IN \(Self.raisingTypes))
                LEFT JOIN alarm_transitions a ON a.alarm_id = page.alarm_id
                    AND ((a.from_state = 'unack_active' AND a.to_state = 'ack_active')
                        OR (a.from_state = 'rtn_unack' AND a.to_state IN ('normal', 'latched_ack')))
                ORDER BY page.time_ms DESC, page.id DESC
                """,
            arguments: StatementArguments(arguments)
        ).compactMap(StoredAlarm.init(row:))
    }
}

extension StoredAlarm {
    fileprivate init?(row: Row) {
        guard let alarmID = UUID(uuidString: row["alarm_id"]) else { return nil }
        let severity: String? = row["severity"] ?? row["present_severity"]
        let acknowledgedMS: Int64? = row["acknowledged_ms"]
        let clearedMS: Int64? = row["cleared_ms"]
        self.init(
            alarmID: alarmID,
            machine: row["machine"],
            label: LabelID(row["label"]),
            state: (row["state"] as String?).flatMap(AlarmState.init(rawValue:)) ?? .normal,
            severity: severity.flatMap(Severity.init(rawValue:)) ?? .warning,
            raised: Date(millisecondsSince1970: row["time_ms"]),
            cleared: clearedMS.map(Date.init(millisecondsSince1970:)),
            acknowledged: acknowledgedMS.map {
                Acknowledgement(time: Date(millisecondsSince1970: $0), user: row["user"], comment: row["comment"])
            },
            confidence: row["confidence"],
            consecutive: row["consecutive"],
            required: row["required"],
            quality: (row["quality"] as String?).flatMap(Quality.init(rawValue:)) ?? .good,
            message: row["message"],
            position: AlarmPosition(milliseconds: row["time_ms"], row: row["id"])
        )
    }
}
