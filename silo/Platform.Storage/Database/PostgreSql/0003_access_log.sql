-- Access logs. Each event commits to the one before it in the same tenant; sequence numbers run from 1 without holes. What is personal lies in the sealed
-- columns, under the data key of its subject; empty where that key was destroyed before. Times are .NET ticks since 0001-01-01 UTC.
CREATE TABLE audit_events
(
    tenant_id         text COLLATE "C" NOT NULL,
    sequence          bigint           NOT NULL,
    event_id          text COLLATE "C" NOT NULL,
    occurred_at       bigint           NOT NULL,
    action            text COLLATE "C" NOT NULL,
    outcome           bigint           NOT NULL,
    reason            text,
    actor_type        text             NOT NULL,
    actor_id          text COLLATE "C",
    actor_commitment  bytea            NOT NULL,
    actor_sealed      bytea            NOT NULL,
    target_type       text             NOT NULL,
    target_id         text COLLATE "C",
    target_commitment bytea            NOT NULL,
    target_sealed     bytea            NOT NULL,
    session_id        text,
    trace_id          text,
    previous_hash     bytea            NOT NULL,
    hash              bytea            NOT NULL,
    PRIMARY KEY (tenant_id, sequence)
);

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
    tenant_id   text COLLATE "C" NOT NULL,
    sequence    bigint           NOT NULL,
    occurred_at bigint           NOT NULL,
    hash        bytea            NOT NULL,
    key_id      text             NOT NULL,
    signature   bytea            NOT NULL,
    PRIMARY KEY (tenant_id, sequence)
);

CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    RAISE EXCEPTION 'the access log is append-only' USING ERRCODE = 'insufficient_privilege';
END
$body$;

CREATE TRIGGER audit_events_append_only BEFORE UPDATE OR TRUNCATE ON audit_events FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only();
CREATE TRIGGER audit_checkpoints_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_checkpoints FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only();

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
