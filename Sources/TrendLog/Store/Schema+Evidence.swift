// Second migration: the sound that was kept, the windows a person shall hear, and what that person said.

extension Schema {
    /// Clips lie as files beside the store; a row says what each holds and why. A clip may serve several causes.
    ///
    /// A decision is never deleted: undoing marks it. It carries the window's embedding, because it outlives the window.
    static let evidence = """
        CREATE TABLE clips (
            sequence INTEGER PRIMARY KEY AUTOINCREMENT,
            id TEXT NOT NULL UNIQUE,
            machine_id INTEGER NOT NULL REFERENCES machines(id) ON DELETE CASCADE,
            start_ms INTEGER NOT NULL,
            end_ms INTEGER NOT NULL,
            sample_rate_hz INTEGER NOT NULL,
            missing_s REAL NOT NULL,
            bytes INTEGER NOT NULL,
            file TEXT NOT NULL,
            created_ms INTEGER NOT NULL
        );
        CREATE INDEX clips_by_machine ON clips (machine_id, start_ms);
        CREATE INDEX clips_by_time ON clips (start_ms);

        CREATE TABLE clip_causes (
            clip_id TEXT NOT NULL REFERENCES clips(id) ON DELETE CASCADE,
            reason TEXT NOT NULL,
            label TEXT,
            alarm_id TEXT,
            start_ms INTEGER NOT NULL,
            end_ms INTEGER NOT NULL
        );
        CREATE INDEX clip_causes_by_clip ON clip_causes (clip_id);
        CREATE INDEX clip_causes_by_alarm ON clip_causes (alarm_id) WHERE alarm_id IS NOT NULL;

        CREATE TABLE review_items (
            sequence INTEGER PRIMARY KEY AUTOINCREMENT,
            id TEXT NOT NULL UNIQUE,
            machine_id INTEGER NOT NULL REFERENCES machines(id) ON DELETE CASCADE,
            start_ms INTEGER NOT NULL,
            end_ms INTEGER NOT NULL,
            reason TEXT NOT NULL,
            label TEXT,
            confidence REAL,
            rank INTEGER NOT NULL,
            distance_ppm INTEGER NOT NULL,
            scores TEXT NOT NULL,
            model_id INTEGER REFERENCES models(id),
            embedding BLOB,
            created_ms INTEGER NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('open', 'decided', 'expired'))
        );
        CREATE INDEX review_items_by_machine ON review_items (machine_id, start_ms);
        CREATE INDEX review_items_open ON review_items (rank, distance_ppm, sequence) WHERE state = 'open';

        CREATE TABLE decisions (
            sequence INTEGER PRIMARY KEY AUTOINCREMENT,
            id TEXT NOT NULL UNIQUE,
            item_id TEXT NOT NULL REFERENCES review_items(id),
            machine_id INTEGER NOT NULL REFERENCES machines(id) ON DELETE CASCADE,
            start_ms INTEGER NOT NULL,
            end_ms INTEGER NOT NULL,
            decision TEXT NOT NULL,
            label TEXT,
            user TEXT NOT NULL,
            comment TEXT,
            time_ms INTEGER NOT NULL,
            model_id INTEGER REFERENCES models(id),
            embedding BLOB,
            undone_ms INTEGER,
            undone_by TEXT
        );
        CREATE INDEX decisions_by_item ON decisions (item_id);
        CREATE INDEX decisions_by_machine ON decisions (machine_id, time_ms);
        """
}
