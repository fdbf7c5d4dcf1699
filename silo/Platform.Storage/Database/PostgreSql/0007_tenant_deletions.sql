-- Deletions of tenants. deletes_at: when a tenant goes, null where nobody has asked for it.
ALTER TABLE tenants ADD COLUMN deletes_at bigint;

-- Jobs while they wait or are under way, certificates afterwards. Nothing personal: ids mean nothing once the tenant is gone. notice: how far the managers have been told (0: not at all, 1: of the
-- request, 2: of the end). look_at: when the next step is due. counts: how much there was when it began.
CREATE TABLE tenant_deletions
(
    tenant_id    text COLLATE "C" NOT NULL PRIMARY KEY,
    requested_at bigint           NOT NULL,
    requested_by text COLLATE "C" NOT NULL,
    deletes_at   bigint           NOT NULL,
    notice       bigint           NOT NULL,
    reminded_at  bigint,
    look_at      bigint           NOT NULL,
    counts       text,
    completed_at bigint,
    log_sequence bigint,
    log_hash     bytea,
    key_id       text,
    signature    bytea
);

CREATE INDEX tenant_deletions_due ON tenant_deletions (look_at, tenant_id) WHERE completed_at IS NULL;
CREATE INDEX former_users_of_tenant ON former_users (tenant_id, user_id);
CREATE INDEX proven_domains_of_tenant ON proven_domains (tenant_id, snippet_id);

-- The other door through which events leave an access log: the whole log of a tenant that was deleted, and nothing else. A row put in here closes the log for ever; then swept is raised step by step, which
-- removes the events up to it. Refused unless a signed checkpoint lies exactly on the last event, that event says that the tenant is deleted, the tenant has no row any more and its data key is destroyed.
-- From then on no event, checkpoint or trim of the tenant is taken, and no tenant of its id: nobody writes another log in the place of this one.
CREATE TABLE audit_closures
(
    tenant_id text COLLATE "C" NOT NULL PRIMARY KEY,
    sequence  bigint           NOT NULL,
    hash      bytea            NOT NULL,
    closed_at bigint           NOT NULL,
    swept     bigint           NOT NULL
);

CREATE FUNCTION audit_closure_checked() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $body$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM audit_checkpoints WHERE tenant_id = NEW.tenant_id AND sequence = NEW.sequence AND hash = NEW.hash) THEN
        RAISE EXCEPTION 'no signed checkpoint lies there' USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (SELECT 1 FROM audit_events WHERE tenant_id = NEW.tenant_id AND sequence > NEW.sequence) THEN
        RAISE EXCEPTION 'that is not the end of the log' USING ERRCODE = 'check_violation';
    END IF;
    IF NOT EXISTS (SELECT 1 FROM audit_events WHERE tenant_id = NEW.tenant_id AND sequence = NEW.sequence AND hash = NEW.hash AND action = 'tenant.deleted') THEN
        RAISE EXCEPTION 'the log does not say that its tenant is deleted' USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (SELECT 1 FROM tenants WHERE id = NEW.tenant_id) THEN
        RAISE EXCEPTION 'the tenant is still there' USING ERRCODE = 'check_violation';
    END IF;
    IF NOT EXISTS (SELECT 1 FROM data_keys WHERE subject_id = NEW.tenant_id AND destroyed_at IS NOT NULL AND length(wrapped) = 0) THEN
        RAISE EXCEPTION 'the data key of the tenant is not destroyed' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.swept <> 0 THEN
        RAISE EXCEPTION 'nothing is swept yet' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$body$;

CREATE TRIGGER audit_closures_checked BEFORE INSERT ON audit_closures FOR EACH ROW EXECUTE FUNCTION audit_closure_checked();
CREATE TRIGGER audit_closures_stay BEFORE DELETE OR TRUNCATE ON audit_closures FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only();

CREATE FUNCTION audit_closure_only_swept() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF NEW.tenant_id <> OLD.tenant_id OR NEW.sequence <> OLD.sequence OR NEW.hash <> OLD.hash OR NEW.closed_at <> OLD.closed_at OR NEW.swept < OLD.swept OR NEW.swept > NEW.sequence THEN
        RAISE EXCEPTION 'the access log is append-only' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END
$body$;

CREATE TRIGGER audit_closures_only_swept BEFORE UPDATE ON audit_closures FOR EACH ROW EXECUTE FUNCTION audit_closure_only_swept();

-- As its owner: the role of the silos may raise swept and has no right to delete events itself.
CREATE FUNCTION audit_sweep() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $body$
BEGIN
    DELETE FROM audit_events WHERE tenant_id = NEW.tenant_id AND sequence <= NEW.swept;
    IF NEW.swept = NEW.sequence THEN
        DELETE FROM audit_checkpoints WHERE tenant_id = NEW.tenant_id;
        DELETE FROM audit_trims WHERE tenant_id = NEW.tenant_id;
    END IF;
    RETURN NULL;
END
$body$;

REVOKE EXECUTE ON FUNCTION audit_sweep() FROM PUBLIC;
CREATE TRIGGER audit_closures_swept AFTER UPDATE ON audit_closures FOR EACH ROW EXECUTE FUNCTION audit_sweep();

CREATE FUNCTION audit_is_closed() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $body$
BEGIN
    IF EXISTS (SELECT 1 FROM audit_closures WHERE tenant_id = NEW.tenant_id) THEN
        RAISE EXCEPTION 'the access log is closed' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$body$;

CREATE TRIGGER audit_events_closed BEFORE INSERT ON audit_events FOR EACH ROW EXECUTE FUNCTION audit_is_closed();
CREATE TRIGGER audit_checkpoints_closed BEFORE INSERT ON audit_checkpoints FOR EACH ROW EXECUTE FUNCTION audit_is_closed();
CREATE TRIGGER audit_trims_closed BEFORE INSERT ON audit_trims FOR EACH ROW EXECUTE FUNCTION audit_is_closed();

CREATE FUNCTION tenant_is_closed() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $body$
BEGIN
    IF EXISTS (SELECT 1 FROM audit_closures WHERE tenant_id = NEW.id) THEN
        RAISE EXCEPTION 'the tenant was deleted' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$body$;

CREATE TRIGGER tenants_closed BEFORE INSERT ON tenants FOR EACH ROW EXECUTE FUNCTION tenant_is_closed();

-- As before, and what a closure has swept.
CREATE OR REPLACE FUNCTION audit_event_stays() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $body$
BEGIN
    IF OLD.sequence > coalesce((SELECT max(sequence) FROM audit_trims WHERE tenant_id = OLD.tenant_id), 0)
        AND OLD.sequence > coalesce((SELECT swept FROM audit_closures WHERE tenant_id = OLD.tenant_id), 0) THEN
        RAISE EXCEPTION 'the access log is append-only' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN OLD;
END
$body$;

CREATE FUNCTION audit_rest_stays() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $body$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM audit_closures WHERE tenant_id = OLD.tenant_id AND swept = sequence) THEN
        RAISE EXCEPTION 'the access log is append-only' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN OLD;
END
$body$;

DROP TRIGGER audit_checkpoints_append_only ON audit_checkpoints;
DROP TRIGGER audit_trims_append_only ON audit_trims;
CREATE TRIGGER audit_checkpoints_append_only BEFORE UPDATE OR TRUNCATE ON audit_checkpoints FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only();
CREATE TRIGGER audit_trims_append_only BEFORE UPDATE OR TRUNCATE ON audit_trims FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only();
CREATE TRIGGER audit_checkpoints_stay BEFORE DELETE ON audit_checkpoints FOR EACH ROW EXECUTE FUNCTION audit_rest_stays();
CREATE TRIGGER audit_trims_stay BEFORE DELETE ON audit_trims FOR EACH ROW EXECUTE FUNCTION audit_rest_stays();
