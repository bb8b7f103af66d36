// Third migration: normal sound learned by enrolment, how unlike it each window was, and calibrations.

extension Schema {
    /// A bank is opaque here: bytes, the model they belong to, and who enrolled what when. Versions count per machine; one
    /// at most is active, and `replaces` is the version that was active before it, to which undoing returns. The bytes of
    /// old versions may go (`bank` is then null), their rows stay.
    ///
    /// Novelty lies in the window's row, and its sums beside those of the level. `raw_scores` is null where the model's
    /// own probabilities are those of `scores`.
    static let detection = """
        ALTER TABLE observations ADD COLUMN raw_scores BLOB;
        ALTER TABLE observations ADD COLUMN novelty REAL;
        ALTER TABLE observations ADD COLUMN novelty_limit REAL;
        ALTER TABLE observations ADD COLUMN novelty_share REAL;
        ALTER TABLE observations ADD COLUMN operating_state TEXT;
        ALTER TABLE observations ADD COLUMN trouble TEXT;

        ALTER TABLE summaries ADD COLUMN novelty_windows INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE summaries ADD COLUMN novelty_sum REAL NOT NULL DEFAULT 0;
        ALTER TABLE summaries ADD COLUMN novelty_max REAL;
        ALTER TABLE summaries ADD COLUMN novelty_limit REAL;
        ALTER TABLE summaries ADD COLUMN novel_windows INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE summaries ADD COLUMN trouble_windows INTEGER NOT NULL DEFAULT 0;

        CREATE TABLE banks (
            sequence INTEGER PRIMARY KEY AUTOINCREMENT,
            machine_id INTEGER NOT NULL REFERENCES machines(id) ON DELETE CASCADE,
            version INTEGER NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('proposed', 'active', 'superseded', 'undone')),
            replaces INTEGER,
            model_id INTEGER NOT NULL REFERENCES models(id),
            operating_state TEXT NOT NULL,
            since_ms INTEGER NOT NULL,
            until_ms INTEGER NOT NULL,
            windows INTEGER NOT NULL,
            points INTEGER NOT NULL,
            report TEXT NOT NULL,
            user TEXT NOT NULL,
            comment TEXT,
            created_ms INTEGER NOT NULL,
            confirmed_ms INTEGER,
            confirmed_by TEXT,
            undone_ms INTEGER,
            undone_by TEXT,
            bank BLOB,
            UNIQUE (machine_id, version)
        );
        CREATE UNIQUE INDEX banks_active ON banks (machine_id) WHERE state = 'active';

        CREATE TABLE calibrations (
            sequence INTEGER PRIMARY KEY AUTOINCREMENT,
            profile TEXT NOT NULL,
            model_id INTEGER NOT NULL REFERENCES models(id),
            is_used INTEGER NOT NULL,
            temperature REAL NOT NULL,
            log_priors TEXT NOT NULL,
            decisions INTEGER NOT NULL,
            report TEXT NOT NULL,
            created_ms INTEGER NOT NULL
        );
        CREATE INDEX calibrations_by_profile ON calibrations (profile, sequence);
        """
}
