-- How long a tenant keeps things; empty, until it is saved again: the default.
ALTER TABLE tenants ADD COLUMN access_log_kept bigint;
ALTER TABLE tenants ADD COLUMN ended_sessions_kept bigint;

-- Ended sessions are removed tenant by tenant.
DROP INDEX sessions_ended;
CREATE INDEX sessions_ended_of_tenant ON sessions (tenant_id, ended_at, id) WHERE ended_at IS NOT NULL;

-- The one door through which events leave an access log: a row put in here removes the events up to its sequence, and stays as the record of it. It is refused
-- unless a signed checkpoint lies exactly there, all that would go is older than 30 days by the database's own clock, and something remains.
CREATE TABLE audit_trims
(
    tenant_id  text COLLATE "C" NOT NULL,
    sequence   bigint NOT NULL,
    hash       bytea NOT NULL,
    trimmed_at bigint NOT NULL,
    PRIMARY KEY (tenant_id, sequence)
);

DROP TRIGGER audit_events_append_only ON audit_events;
CREATE TRIGGER audit_events_append_only BEFORE UPDATE OR TRUNCATE ON audit_events FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only();
CREATE TRIGGER audit_trims_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_trims FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only();

CREATE FUNCTION audit_event_stays() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $body$
BEGIN
    IF OLD.sequence > coalesce((SELECT max(sequence) FROM audit_trims WHERE tenant_id = OLD.tenant_id), 0) THEN
        RAISE EXCEPTION 'the access log is append-only' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN OLD;
END
$body$;

CREATE TRIGGER audit_events_stay BEFORE DELETE ON audit_events FOR EACH ROW EXECUTE FUNCTION audit_event_stays();

-- As its owner: the role of the silos may put a row in and has no right to delete events itself.
CREATE FUNCTION audit_trim() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $body$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM audit_checkpoints WHERE tenant_id = NEW.tenant_id AND sequence = NEW.sequence AND hash = NEW.hash) THEN
        RAISE EXCEPTION 'no signed checkpoint lies there' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NOT EXISTS (SELECT 1 FROM audit_events WHERE tenant_id = NEW.tenant_id AND sequence > NEW.sequence) THEN
        RAISE EXCEPTION 'the last event stays' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF EXISTS (
        SELECT 1 FROM audit_events WHERE tenant_id = NEW.tenant_id AND sequence <= NEW.sequence
            AND occurred_at > (extract(epoch FROM clock_timestamp())::bigint + 62135596800 - 30 * 86400) * 10000000) THEN
        RAISE EXCEPTION 'events younger than 30 days stay' USING ERRCODE = 'insufficient_privilege';
    END IF;
    DELETE FROM audit_events WHERE tenant_id = NEW.tenant_id AND sequence <= NEW.sequence;
    RETURN NULL;
END
$body$;

REVOKE EXECUTE ON FUNCTION audit_trim() FROM PUBLIC;
CREATE TRIGGER audit_trims_done AFTER INSERT ON audit_trims FOR EACH ROW EXECUTE FUNCTION audit_trim();
