// Fourth migration: what hides an alarm, its course, and who ordered what.

extension Schema {
    /// `hiding` and `course` are JSON, null where an alarm has none. `stands` says whether it asks for attention, or would
    /// if nothing hid it; null in rows of earlier versions, where every state but normal does.
    ///
    /// An operator's action names machine and alarm as text: refused ones may name what does not exist.
    static let alarms = """
        ALTER TABLE alarms ADD COLUMN priority TEXT;
        ALTER TABLE alarms ADD COLUMN hiding TEXT;
        ALTER TABLE alarms ADD COLUMN course TEXT;
        ALTER TABLE alarms ADD COLUMN stands INTEGER;

        CREATE INDEX alarm_transitions_by_replaced ON alarm_transitions (replaced_alarm_id)
            WHERE replaced_alarm_id IS NOT NULL;
        CREATE INDEX alarm_transitions_by_time ON alarm_transitions (time_ms);

        CREATE TABLE operator_actions (
            sequence INTEGER PRIMARY KEY AUTOINCREMENT,
            time_ms INTEGER NOT NULL,
            command TEXT NOT NULL,
            machine TEXT,
            label TEXT,
            alarm_id TEXT,
            user TEXT NOT NULL,
            origin TEXT NOT NULL,
            comment TEXT,
            ok INTEGER NOT NULL,
            outcome TEXT NOT NULL
        );
        CREATE INDEX operator_actions_by_time ON operator_actions (time_ms);
        CREATE INDEX operator_actions_by_alarm ON operator_actions (alarm_id) WHERE alarm_id IS NOT NULL;
        """
}
