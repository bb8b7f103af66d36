// Alarm records, their history and events, as rows.
import Foundation
import GRDB
import MachineHealth

extension TrendLogStore {
    static func save(_ alarm: AlarmRecord, _ db: Database) throws {
        let hiding = try alarm.hiding.map { try JSONText.encode($0) }
        var course: String?
        if alarm.course != AlarmCourse() { course = try JSONText.encode(alarm.course) }
        try db.cachedStatement(
            sql: """
                INSERT OR REPLACE INTO alarms (machine_id, label, state, alarm_id, since_ms, confidence, consecutive,
                    clear_windows, required, severity, quality, priority, hiding, course, stands)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            try machineID(db, alarm.machine), alarm.label.rawValue, alarm.state.rawValue, alarm.alarmID?.text,
            alarm.since.millisecondsSince1970, alarm.confidence.isFinite ? alarm.confidence : 0, alarm.consecutive,
            alarm.clearWindows, alarm.required, alarm.severity.rawValue, alarm.quality.rawValue,
            alarm.priority.rawValue, hiding, course, alarm.isStanding,
        ])
    }

    static func insert(_ transition: AlarmTransition, _ db: Database) throws {
        try db.cachedStatement(
            sql: """
                INSERT INTO alarm_transitions (machine_id, label, alarm_id, replaced_alarm_id, from_state, to_state,
                    time_ms, user, comment)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            try machineID(db, transition.machine), transition.label.rawValue, transition.alarmID.text,
            transition.replacedAlarmID?.text, transition.from.rawValue, transition.to.rawValue,
            transition.time.millisecondsSince1970, transition.user, transition.comment,
        ])
    }

    /// Writes an event and its outbox rows; returns how many of those.
    static func insert(_ record: EventRecord, _ db: Database) throws -> Int {
        let event = record.event
        try db.cachedStatement(
            sql: """
                INSERT INTO events (id, type, machine_id, label, alarm_id, time_ms, severity, confidence, consecutive,
                    windows, message, user, comment, payload)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (id) DO NOTHING
                """
        ).execute(arguments: [
            event.id.text, event.type.rawValue, try machineID(db, event.machine), event.label?.rawValue,
            event.alarmID?.text, event.time.millisecondsSince1970, event.severity?.rawValue, event.confidence,
            event.consecutive, try JSONText.encode(event.windows.map(StoredEventWindow.init)), event.message,
            event.user, event.comment, record.payload,
        ])
        guard db.changesCount > 0 else { return 0 }
        let insert = try db.cachedStatement(
            sql: """
                INSERT INTO outbox (event_id, target, topic, payload, qos, retain, created_ms)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """
        )
        for delivery in record.deliveries {
            try insert.execute(arguments: [
                event.id.text, delivery.target, delivery.topic, delivery.payload, delivery.qos, delivery.retain,
                event.time.millisecondsSince1970,
            ])
        }
        return record.deliveries.count
    }
}

/// An event's window as kept in its row: start in milliseconds and confidence.
struct StoredEventWindow: Codable {
    var start: Int64
    var confidence: Double

    init(_ window: EventWindow) {
        start = window.start.millisecondsSince1970
        confidence = window.confidence.isFinite ? window.confidence : 0
    }

    var window: EventWindow { EventWindow(start: Date(millisecondsSince1970: start), confidence: confidence) }
}
