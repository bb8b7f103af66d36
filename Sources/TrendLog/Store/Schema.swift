// The database's tables and how an older file becomes a newer one: named migrations, never edited once released.
import GRDB

/// The schema of the trend log.
///
/// Design: a window's row is small (about 100 bytes) and clustered by machine and time, because trends read millions of
/// them; embedding and descriptor, ten times as large, lie in a table of their own. Scores are a blob of Float32 in the
/// order of a vocabulary row. Summaries per minute and per hour are kept up to date in the window's own transaction, so
/// that a view of months never touches the windows themselves.
enum Schema {
    /// All migrations, in order. A new version appends one; those before it stay as they are.
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1-first") { try $0.execute(sql: first) }
        migrator.registerMigration("2-evidence") { try $0.execute(sql: evidence) }
        migrator.registerMigration("3-detection") { try $0.execute(sql: detection) }
        migrator.registerMigration("4-alarms") { try $0.execute(sql: alarms) }
        return migrator
    }

    private static let first = """
        CREATE TABLE machines (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE,
            site TEXT NOT NULL DEFAULT '',
            profile TEXT NOT NULL DEFAULT '',
            windows INTEGER NOT NULL DEFAULT 0,
            first_start_ms INTEGER,
            last_start_ms INTEGER
        );

        CREATE TABLE labels (
            machine_id INTEGER NOT NULL REFERENCES machines(id) ON DELETE CASCADE,
            label TEXT NOT NULL,
            position INTEGER NOT NULL,
            kind TEXT NOT NULL,
            severity TEXT NOT NULL,
            names TEXT NOT NULL,
            PRIMARY KEY (machine_id, label)
        ) WITHOUT ROWID;

        CREATE TABLE vocabularies (
            id INTEGER PRIMARY KEY,
            labels TEXT NOT NULL UNIQUE
        );

        CREATE TABLE models (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE
        );

        CREATE TABLE observations (
            machine_id INTEGER NOT NULL REFERENCES machines(id) ON DELETE CASCADE,
            start_ms INTEGER NOT NULL,
            end_ms INTEGER NOT NULL,
            vocabulary_id INTEGER REFERENCES vocabularies(id),
            top INTEGER,
            confidence REAL,
            verdict TEXT NOT NULL,
            quality TEXT NOT NULL,
            level_dbfs REAL NOT NULL,
            missing_fraction REAL NOT NULL,
            latency_ms REAL NOT NULL,
            model_id INTEGER REFERENCES models(id),
            scores BLOB,
            PRIMARY KEY (machine_id, start_ms)
        ) WITHOUT ROWID;

        CREATE TABLE features (
            machine_id INTEGER NOT NULL REFERENCES machines(id) ON DELETE CASCADE,
            start_ms INTEGER NOT NULL,
            model_id INTEGER REFERENCES models(id),
            embedding BLOB,
            descriptor_version INTEGER,
            descriptor BLOB
        );
        CREATE UNIQUE INDEX features_by_window ON features (machine_id, start_ms);

        CREATE TABLE summaries (
            machine_id INTEGER NOT NULL REFERENCES machines(id) ON DELETE CASCADE,
            resolution_s INTEGER NOT NULL,
            bucket_ms INTEGER NOT NULL,
            vocabulary_id INTEGER NOT NULL,
            windows INTEGER NOT NULL,
            incomplete INTEGER NOT NULL,
            level_sum REAL NOT NULL,
            level_max REAL NOT NULL,
            scores BLOB NOT NULL,
            PRIMARY KEY (machine_id, resolution_s, bucket_ms, vocabulary_id)
        ) WITHOUT ROWID;

        CREATE TABLE alarms (
            machine_id INTEGER NOT NULL REFERENCES machines(id) ON DELETE CASCADE,
            label TEXT NOT NULL,
            state TEXT NOT NULL,
            alarm_id TEXT,
            since_ms INTEGER NOT NULL,
            confidence REAL NOT NULL,
            consecutive INTEGER NOT NULL,
            clear_windows INTEGER NOT NULL,
            required INTEGER NOT NULL,
            severity TEXT NOT NULL,
            quality TEXT NOT NULL,
            PRIMARY KEY (machine_id, label)
        ) WITHOUT ROWID;

        CREATE TABLE alarm_transitions (
            id INTEGER PRIMARY KEY,
            machine_id INTEGER NOT NULL REFERENCES machines(id) ON DELETE CASCADE,
            label TEXT NOT NULL,
            alarm_id TEXT NOT NULL,
            replaced_alarm_id TEXT,
            from_state TEXT NOT NULL,
            to_state TEXT NOT NULL,
            time_ms INTEGER NOT NULL,
            user TEXT,
            comment TEXT
        );
        CREATE INDEX alarm_transitions_by_machine ON alarm_transitions (machine_id, time_ms);
        CREATE INDEX alarm_transitions_by_alarm ON alarm_transitions (alarm_id);

        CREATE TABLE events (
            sequence INTEGER PRIMARY KEY AUTOINCREMENT,
            id TEXT NOT NULL UNIQUE,
            type TEXT NOT NULL,
            machine_id INTEGER NOT NULL REFERENCES machines(id) ON DELETE CASCADE,
            label TEXT,
            alarm_id TEXT,
            time_ms INTEGER NOT NULL,
            severity TEXT,
            confidence REAL,
            consecutive INTEGER,
            windows TEXT NOT NULL,
            message TEXT NOT NULL,
            user TEXT,
            comment TEXT,
            payload BLOB NOT NULL
        );
        CREATE INDEX events_by_machine ON events (machine_id, time_ms);
        CREATE INDEX events_by_time ON events (time_ms);
        CREATE INDEX events_by_alarm ON events (alarm_id);

        CREATE TABLE outbox (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            event_id TEXT NOT NULL REFERENCES events(id) ON DELETE CASCADE,
            target TEXT NOT NULL,
            topic TEXT NOT NULL,
            payload BLOB NOT NULL,
            qos INTEGER NOT NULL,
            retain INTEGER NOT NULL,
            created_ms INTEGER NOT NULL,
            attempts INTEGER NOT NULL DEFAULT 0,
            last_error TEXT,
            set_aside INTEGER NOT NULL DEFAULT 0,
            sent_ms INTEGER
        );
        CREATE INDEX outbox_pending ON outbox (target, topic, id) WHERE sent_ms IS NULL;
        CREATE INDEX outbox_by_event ON outbox (event_id);

        CREATE TABLE tracker_states (
            machine_id INTEGER PRIMARY KEY REFERENCES machines(id) ON DELETE CASCADE,
            state BLOB NOT NULL,
            updated_ms INTEGER NOT NULL
        );

        CREATE TABLE commands (
            sequence INTEGER PRIMARY KEY AUTOINCREMENT,
            id TEXT NOT NULL UNIQUE,
            command BLOB NOT NULL,
            created_ms INTEGER NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('pending', 'taken', 'answered', 'withdrawn')),
            result BLOB,
            answered_ms INTEGER
        );
        CREATE INDEX commands_open ON commands (sequence) WHERE state IN ('pending', 'taken');

        CREATE VIEW windows AS
            SELECT machines.name AS machine,
                strftime('%Y-%m-%dT%H:%M:%fZ', start_ms / 1000.0, 'unixepoch') AS start,
                strftime('%Y-%m-%dT%H:%M:%fZ', end_ms / 1000.0, 'unixepoch') AS "end",
                json_extract(vocabularies.labels, '$[' || top || ']') AS label,
                confidence, verdict, quality, level_dbfs, missing_fraction, latency_ms
            FROM observations
            JOIN machines ON machines.id = observations.machine_id
            LEFT JOIN vocabularies ON vocabularies.id = observations.vocabulary_id;
        """
}
