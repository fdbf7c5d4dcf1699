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

-- Keys of users and tenants, wrapped by the master key; empty: destroyed.
CREATE TABLE data_keys
(
    subject_id   text COLLATE "C" NOT NULL PRIMARY KEY,
    wrapped      bytea            NOT NULL,
    destroyed_at bigint
);

CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    RAISE EXCEPTION 'the access log is append-only' USING ERRCODE = 'insufficient_privilege';
END
$body$;

CREATE TRIGGER audit_events_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_events FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only();
CREATE TRIGGER audit_checkpoints_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_checkpoints FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only();
