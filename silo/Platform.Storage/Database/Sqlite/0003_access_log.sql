-- Access logs. Each event commits to the one before it in the same tenant; sequence numbers run from 1 without holes. What is personal lies in the sealed
-- columns, under the data key of its subject; empty where that key was destroyed before. Times are .NET ticks since 0001-01-01 UTC.
CREATE TABLE audit_events
(
    tenant_id         TEXT    NOT NULL,
    sequence          INTEGER NOT NULL,
    event_id          TEXT    NOT NULL,
    occurred_at       INTEGER NOT NULL,
    action            TEXT    NOT NULL,
    outcome           INTEGER NOT NULL,
    reason            TEXT,
    actor_type        TEXT    NOT NULL,
    actor_id          TEXT,
    actor_commitment  BLOB    NOT NULL,
    actor_sealed      BLOB    NOT NULL,
    target_type       TEXT    NOT NULL,
    target_id         TEXT,
    target_commitment BLOB    NOT NULL,
    target_sealed     BLOB    NOT NULL,
    session_id        TEXT,
    trace_id          TEXT,
    previous_hash     BLOB    NOT NULL,
    hash              BLOB    NOT NULL,
    PRIMARY KEY (tenant_id, sequence)
) STRICT, WITHOUT ROWID;

-- For each filter the list goes on from a key, newest first. The last columns let further filters be applied without a look at the row.
-- The first holds all rows, yet is offered only to lists without such a filter, which ask for it by its condition: SQLite would take it for all others too.
CREATE INDEX audit_events_by_time ON audit_events (tenant_id, occurred_at, sequence) WHERE sequence > 0;
CREATE INDEX audit_events_by_actor ON audit_events (tenant_id, actor_id, occurred_at, sequence, action, outcome);
CREATE INDEX audit_events_by_target ON audit_events (tenant_id, target_id, occurred_at, sequence, action, outcome);
CREATE INDEX audit_events_by_action ON audit_events (tenant_id, action, occurred_at, sequence, outcome);
CREATE INDEX audit_events_by_outcome ON audit_events (tenant_id, outcome, occurred_at, sequence);

-- Heads of logs as they were signed.
CREATE TABLE audit_checkpoints
(
    tenant_id   TEXT    NOT NULL,
    sequence    INTEGER NOT NULL,
    occurred_at INTEGER NOT NULL,
    hash        BLOB    NOT NULL,
    key_id      TEXT    NOT NULL,
    signature   BLOB    NOT NULL,
    PRIMARY KEY (tenant_id, sequence)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER audit_events_no_update BEFORE UPDATE ON audit_events BEGIN SELECT RAISE(ABORT, 'the access log is append-only'); END;
CREATE TRIGGER audit_checkpoints_no_update BEFORE UPDATE ON audit_checkpoints BEGIN SELECT RAISE(ABORT, 'the access log is append-only'); END;
CREATE TRIGGER audit_checkpoints_no_delete BEFORE DELETE ON audit_checkpoints BEGIN SELECT RAISE(ABORT, 'the access log is append-only'); END;

-- The one door through which events leave an access log: a row put in here removes the events up to its sequence, and stays as the record of it. It is refused
-- unless a signed checkpoint lies exactly there, all that would go is older than 30 days by the database's own clock, and something remains.
CREATE TABLE audit_trims
(
    tenant_id  TEXT NOT NULL,
    sequence   INTEGER NOT NULL,
    hash       BLOB NOT NULL,
    trimmed_at INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, sequence)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER audit_events_no_delete BEFORE DELETE ON audit_events
WHEN OLD.sequence > COALESCE((SELECT MAX(sequence) FROM audit_trims WHERE tenant_id = OLD.tenant_id), 0)
BEGIN SELECT RAISE(ABORT, 'the access log is append-only'); END;

CREATE TRIGGER audit_trims_no_update BEFORE UPDATE ON audit_trims BEGIN SELECT RAISE(ABORT, 'the access log is append-only'); END;
CREATE TRIGGER audit_trims_no_delete BEFORE DELETE ON audit_trims BEGIN SELECT RAISE(ABORT, 'the access log is append-only'); END;

CREATE TRIGGER audit_trims_checked BEFORE INSERT ON audit_trims
BEGIN
    SELECT RAISE(ABORT, 'no signed checkpoint lies there')
    WHERE NOT EXISTS (SELECT 1 FROM audit_checkpoints WHERE tenant_id = NEW.tenant_id AND sequence = NEW.sequence AND hash = NEW.hash);
    SELECT RAISE(ABORT, 'the last event stays')
    WHERE NOT EXISTS (SELECT 1 FROM audit_events WHERE tenant_id = NEW.tenant_id AND sequence > NEW.sequence);
    SELECT RAISE(ABORT, 'events younger than 30 days stay')
    WHERE EXISTS (
        SELECT 1 FROM audit_events WHERE tenant_id = NEW.tenant_id AND sequence <= NEW.sequence
            AND occurred_at > (CAST(strftime('%s', 'now') AS INTEGER) + 62135596800 - 30 * 86400) * 10000000);
END;

CREATE TRIGGER audit_trims_done AFTER INSERT ON audit_trims
BEGIN
    DELETE FROM audit_events WHERE tenant_id = NEW.tenant_id AND sequence <= NEW.sequence;
END;
