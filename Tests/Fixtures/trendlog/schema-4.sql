CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY);
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
    scores BLOB, raw_scores BLOB, novelty REAL, novelty_limit REAL, novelty_share REAL, operating_state TEXT, trouble TEXT,
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
    scores BLOB NOT NULL, novelty_windows INTEGER NOT NULL DEFAULT 0, novelty_sum REAL NOT NULL DEFAULT 0, novelty_max REAL, novelty_limit REAL, novel_windows INTEGER NOT NULL DEFAULT 0, trouble_windows INTEGER NOT NULL DEFAULT 0,
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
    quality TEXT NOT NULL, priority TEXT, hiding TEXT, course TEXT, stands INTEGER,
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
INSERT INTO grdb_migrations (identifier) VALUES ('1-first');
INSERT INTO grdb_migrations (identifier) VALUES ('2-evidence');
INSERT INTO grdb_migrations (identifier) VALUES ('3-detection');
INSERT INTO grdb_migrations (identifier) VALUES ('4-alarms');
