-- Deletions of tenants. deletes_at: when a tenant goes, null where nobody has asked for it.
ALTER TABLE tenants ADD COLUMN deletes_at INTEGER;

-- Jobs while they wait or are under way, certificates afterwards. Nothing personal: ids mean nothing once the tenant is gone. notice: how far the managers have been told (0: not at all, 1: of the
-- request, 2: of the end). look_at: when the next step is due. counts: how much there was when it began.
CREATE TABLE tenant_deletions
(
    tenant_id    TEXT    NOT NULL PRIMARY KEY,
    requested_at INTEGER NOT NULL,
    requested_by TEXT    NOT NULL,
    deletes_at   INTEGER NOT NULL,
    notice       INTEGER NOT NULL,
    reminded_at  INTEGER,
    look_at      INTEGER NOT NULL,
    counts       TEXT,
    completed_at INTEGER,
    log_sequence INTEGER,
    log_hash     BLOB,
    key_id       TEXT,
    signature    BLOB
) STRICT;

CREATE INDEX tenant_deletions_due ON tenant_deletions (look_at, tenant_id) WHERE completed_at IS NULL;
CREATE INDEX former_users_of_tenant ON former_users (tenant_id, user_id);
CREATE INDEX proven_domains_of_tenant ON proven_domains (tenant_id, snippet_id);

-- The other door through which events leave an access log: the whole log of a tenant that was deleted, and nothing else. A row put in here closes the log for ever; then swept is raised step by step, which
-- removes the events up to it. Refused unless a signed checkpoint lies exactly on the last event, that event says that the tenant is deleted, the tenant has no row any more and its data key is destroyed.
-- From then on no event, checkpoint or trim of the tenant is taken, and no tenant of its id: nobody writes another log in the place of this one.
CREATE TABLE audit_closures
(
    tenant_id TEXT    NOT NULL PRIMARY KEY,
    sequence  INTEGER NOT NULL,
    hash      BLOB    NOT NULL,
    closed_at INTEGER NOT NULL,
    swept     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TRIGGER audit_closures_checked BEFORE INSERT ON audit_closures
BEGIN
    SELECT RAISE(ABORT, 'no signed checkpoint lies there')
    WHERE NOT EXISTS (SELECT 1 FROM audit_checkpoints WHERE tenant_id = NEW.tenant_id AND sequence = NEW.sequence AND hash = NEW.hash);
    SELECT RAISE(ABORT, 'that is not the end of the log')
    WHERE EXISTS (SELECT 1 FROM audit_events WHERE tenant_id = NEW.tenant_id AND sequence > NEW.sequence);
    SELECT RAISE(ABORT, 'the log does not say that its tenant is deleted')
    WHERE NOT EXISTS (SELECT 1 FROM audit_events WHERE tenant_id = NEW.tenant_id AND sequence = NEW.sequence AND hash = NEW.hash AND action = 'tenant.deleted');
    SELECT RAISE(ABORT, 'the tenant is still there')
    WHERE EXISTS (SELECT 1 FROM tenants WHERE id = NEW.tenant_id);
    SELECT RAISE(ABORT, 'the data key of the tenant is not destroyed')
    WHERE NOT EXISTS (SELECT 1 FROM data_keys WHERE subject_id = NEW.tenant_id AND destroyed_at IS NOT NULL AND length(wrapped) = 0);
    SELECT RAISE(ABORT, 'nothing is swept yet') WHERE NEW.swept <> 0;
END;

CREATE TRIGGER audit_closures_no_delete BEFORE DELETE ON audit_closures BEGIN SELECT RAISE(ABORT, 'the access log is append-only'); END;

CREATE TRIGGER audit_closures_only_swept BEFORE UPDATE ON audit_closures
WHEN NEW.tenant_id <> OLD.tenant_id OR NEW.sequence <> OLD.sequence OR NEW.hash <> OLD.hash OR NEW.closed_at <> OLD.closed_at OR NEW.swept < OLD.swept OR NEW.swept > NEW.sequence
BEGIN SELECT RAISE(ABORT, 'the access log is append-only'); END;

CREATE TRIGGER audit_closures_swept AFTER UPDATE ON audit_closures
BEGIN
    DELETE FROM audit_events WHERE tenant_id = NEW.tenant_id AND sequence <= NEW.swept;
    DELETE FROM audit_checkpoints WHERE tenant_id = NEW.tenant_id AND NEW.swept = NEW.sequence;
    DELETE FROM audit_trims WHERE tenant_id = NEW.tenant_id AND NEW.swept = NEW.sequence;
END;

CREATE TRIGGER audit_events_closed BEFORE INSERT ON audit_events
WHEN EXISTS (SELECT 1 FROM audit_closures WHERE tenant_id = NEW.tenant_id)
BEGIN SELECT RAISE(ABORT, 'the access log is closed'); END;

CREATE TRIGGER audit_checkpoints_closed BEFORE INSERT ON audit_checkpoints
WHEN EXISTS (SELECT 1 FROM audit_closures WHERE tenant_id = NEW.tenant_id)
BEGIN SELECT RAISE(ABORT, 'the access log is closed'); END;

CREATE TRIGGER audit_trims_closed BEFORE INSERT ON audit_trims
WHEN EXISTS (SELECT 1 FROM audit_closures WHERE tenant_id = NEW.tenant_id)
BEGIN SELECT RAISE(ABORT, 'the access log is closed'); END;

CREATE TRIGGER tenants_closed BEFORE INSERT ON tenants
WHEN EXISTS (SELECT 1 FROM audit_closures WHERE tenant_id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'the tenant was deleted'); END;

-- As before, and what a closure has swept.
DROP TRIGGER audit_events_no_delete;
CREATE TRIGGER audit_events_no_delete BEFORE DELETE ON audit_events
WHEN OLD.sequence > COALESCE((SELECT MAX(sequence) FROM audit_trims WHERE tenant_id = OLD.tenant_id), 0)
    AND OLD.sequence > COALESCE((SELECT swept FROM audit_closures WHERE tenant_id = OLD.tenant_id), 0)
BEGIN SELECT RAISE(ABORT, 'the access log is append-only'); END;

DROP TRIGGER audit_checkpoints_no_delete;
CREATE TRIGGER audit_checkpoints_no_delete BEFORE DELETE ON audit_checkpoints
WHEN NOT EXISTS (SELECT 1 FROM audit_closures WHERE tenant_id = OLD.tenant_id AND swept = sequence)
BEGIN SELECT RAISE(ABORT, 'the access log is append-only'); END;

DROP TRIGGER audit_trims_no_delete;
CREATE TRIGGER audit_trims_no_delete BEFORE DELETE ON audit_trims
WHEN NOT EXISTS (SELECT 1 FROM audit_closures WHERE tenant_id = OLD.tenant_id AND swept = sequence)
BEGIN SELECT RAISE(ABORT, 'the access log is append-only'); END;
