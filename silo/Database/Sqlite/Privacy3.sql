-- How long a tenant keeps things; empty, until it is saved again: the default.
ALTER TABLE tenants ADD COLUMN access_log_kept INTEGER;
ALTER TABLE tenants ADD COLUMN ended_sessions_kept INTEGER;

-- Ended sessions are removed tenant by tenant.
DROP INDEX sessions_ended;
CREATE INDEX sessions_ended_of_tenant ON sessions (tenant_id, ended_at, id) WHERE ended_at IS NOT NULL;

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

DROP TRIGGER audit_events_no_delete;
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
