-- Lists for people, written through by the grains. All times and durations are .NET ticks (100 ns), times since 0001-01-01 UTC,
-- so that a clock read back equals the clock that was saved. Keys are compared byte by byte, as SQLite does: COLLATE "C".
-- name_folded is in byte order, so that a beginning of a name is a range. access_log_kept, ended_sessions_kept: how long; null: the default.
CREATE TABLE tenants
(
    id                  text COLLATE "C" NOT NULL PRIMARY KEY,
    slug                text COLLATE "C" NOT NULL UNIQUE,
    name                text             NOT NULL,
    name_folded         text COLLATE "C" NOT NULL,
    edition             bigint           NOT NULL,
    features            bigint           NOT NULL,
    status              bigint           NOT NULL,
    idle_timeout        bigint           NOT NULL,
    absolute_timeout    bigint           NOT NULL,
    created_at          bigint           NOT NULL,
    access_log_kept     bigint,
    ended_sessions_kept bigint
);

CREATE INDEX tenants_by_name ON tenants (name_folded, id);

-- username_blind_index: keyed hash of the compared name. personal: name and address, sealed under the data key of the user.
-- role: where one is set, permissions is what a built-in one gives and 0 for the tenant's own.
CREATE TABLE users
(
    id                   text COLLATE "C" NOT NULL PRIMARY KEY,
    tenant_id            text COLLATE "C" NOT NULL,
    username_blind_index text COLLATE "C" NOT NULL,
    personal             bytea            NOT NULL,
    status               bigint           NOT NULL,
    permissions          bigint           NOT NULL,
    created_at           bigint           NOT NULL,
    password_changed_at  bigint           NOT NULL,
    role                 text COLLATE "C",
    UNIQUE (tenant_id, username_blind_index)
);

CREATE INDEX users_of_tenant ON users (tenant_id, id);
CREATE INDEX users_of_role ON users (tenant_id, role, status) WHERE role IS NOT NULL;

-- client: address and user agent, sealed under the data key of the user. next_check_at: not before this time can the session be over; the sweeper looks at due rows only and moves it on for those that live.
CREATE TABLE sessions
(
    id               text COLLATE "C" NOT NULL PRIMARY KEY,
    tenant_id        text COLLATE "C" NOT NULL,
    user_id          text COLLATE "C" NOT NULL,
    created_at       bigint           NOT NULL,
    idle_timeout     bigint           NOT NULL,
    absolute_timeout bigint           NOT NULL,
    client           bytea            NOT NULL,
    end_reason       bigint,
    ended_at         bigint,
    next_check_at    bigint           NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0.02);

CREATE INDEX sessions_of_user ON sessions (tenant_id, user_id, id);
CREATE INDEX sessions_due ON sessions (next_check_at, id) WHERE ended_at IS NULL;
-- Ended sessions are removed tenant by tenant.
CREATE INDEX sessions_ended_of_tenant ON sessions (tenant_id, ended_at, id) WHERE ended_at IS NOT NULL;

-- Activity clocks: narrow, because each is written every few minutes for as long as its session lives. Null: none since the opening.
-- With half of each page left free and no index on the clock a write stays in its page.
CREATE TABLE session_activity
(
    session_id    text COLLATE "C" NOT NULL PRIMARY KEY REFERENCES sessions (id) ON DELETE CASCADE,
    last_activity bigint
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02);

-- Calls that were sent with an Idempotency-Key, for 24 hours; of key and request keyed hashes. An answer about a user is sealed under that user's data key. No status: not answered yet.
CREATE TABLE idempotency_keys
(
    tenant_id       text COLLATE "C" NOT NULL,
    user_id         text COLLATE "C" NOT NULL,
    idempotency_key text COLLATE "C" NOT NULL,
    request_hash    bytea            NOT NULL,
    operation_id    text             NOT NULL,
    running_until   bigint           NOT NULL,
    expires_at      bigint           NOT NULL,
    status          bigint,
    location        text,
    about_id        text COLLATE "C",
    body            bytea,
    PRIMARY KEY (tenant_id, user_id, idempotency_key)
);

CREATE INDEX idempotency_keys_expiry ON idempotency_keys (expires_at);

-- What slows down guesses at an account, existing or not; sealed under the data key of the account's user. Rows leave when nothing in them matters any more.
CREATE TABLE sign_in_throttles
(
    throttle_key text COLLATE "C" NOT NULL PRIMARY KEY,
    subject_id   text COLLATE "C" NOT NULL,
    state        bytea            NOT NULL,
    expires_at   bigint           NOT NULL
);

CREATE INDEX sign_in_throttles_expiry ON sign_in_throttles (expires_at);

-- Notifications that are not delivered yet, sealed under the data key of whom they go to and, before that, of whom else they tell of.
CREATE TABLE notification_outbox
(
    id         text COLLATE "C" NOT NULL PRIMARY KEY,
    subject_id text COLLATE "C" NOT NULL,
    about_id   text COLLATE "C",
    sealed     bytea            NOT NULL,
    attempts   bigint           NOT NULL,
    due_at     bigint           NOT NULL
);

CREATE INDEX notification_outbox_due ON notification_outbox (due_at, id);

-- Scenarios for lists, written through by their grains; content stands with the grain.
CREATE TABLE scenarios
(
    id         text COLLATE "C" NOT NULL PRIMARY KEY,
    tenant_id  text COLLATE "C" NOT NULL,
    name       text NOT NULL,
    kind       bigint NOT NULL,
    status     bigint NOT NULL,
    version    bigint NOT NULL,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL
);

CREATE INDEX scenarios_of_tenant ON scenarios (tenant_id, id);

-- Levels of single users, which decide what they see in lists.
CREATE TABLE scenario_grants
(
    user_id     text COLLATE "C" NOT NULL,
    scenario_id text COLLATE "C" NOT NULL REFERENCES scenarios (id) ON DELETE CASCADE,
    permissions bigint NOT NULL,
    PRIMARY KEY (user_id, scenario_id)
);

CREATE INDEX scenario_grants_of_scenario ON scenario_grants (scenario_id);

-- The last changes of each, with before and after. Written before the change itself, so the scenario's row may not be there yet.
CREATE TABLE scenario_history
(
    scenario_id text COLLATE "C" NOT NULL,
    version     bigint NOT NULL,
    changed_at  bigint NOT NULL,
    user_id     text COLLATE "C" NOT NULL,
    action      text NOT NULL,
    changes     text NOT NULL,
    PRIMARY KEY (scenario_id, version)
);

CREATE TABLE scenario_comments
(
    scenario_id text COLLATE "C" NOT NULL REFERENCES scenarios (id) ON DELETE CASCADE,
    id          text COLLATE "C" NOT NULL,
    user_id     text COLLATE "C" NOT NULL,
    created_at  bigint NOT NULL,
    body        text NOT NULL,
    PRIMARY KEY (scenario_id, id)
);

-- What one user has written, for the export of that user's data.
CREATE INDEX scenario_history_of_user ON scenario_history (user_id, scenario_id, version);
CREATE INDEX scenario_comments_of_user ON scenario_comments (user_id, scenario_id, id);

-- API keys for people to see; the secrets' hashes lie with the grains. The time of last use is coarse and written behind.
CREATE TABLE api_keys
(
    id           text COLLATE "C" NOT NULL PRIMARY KEY,
    tenant_id    text COLLATE "C" NOT NULL,
    name         text             NOT NULL,
    scopes       bigint           NOT NULL,
    prefix       text             NOT NULL,
    created_at   bigint           NOT NULL,
    created_by   text COLLATE "C" NOT NULL,
    last_used_at bigint
) WITH (fillfactor = 70);

CREATE INDEX api_keys_of_tenant ON api_keys (tenant_id, id);

-- Domains whose proof is to be looked for again, written by the grain of their snippet before it commits the proof.
CREATE TABLE proven_domains
(
    snippet_id text COLLATE "C" NOT NULL,
    domain     text COLLATE "C" NOT NULL,
    tenant_id  text COLLATE "C" NOT NULL,
    check_at   bigint           NOT NULL,
    PRIMARY KEY (snippet_id, domain)
);

CREATE INDEX proven_domains_due ON proven_domains (check_at);
CREATE INDEX proven_domains_of_name ON proven_domains (domain, tenant_id);

-- Support grants for people to see and for the sweeper, written through by the grain of their tenant; ended ones stay.
CREATE TABLE support_grants
(
    id              text COLLATE "C" NOT NULL PRIMARY KEY,
    tenant_id       text COLLATE "C" NOT NULL,
    operator_id     text COLLATE "C" NOT NULL,
    reason          text             NOT NULL,
    ticket          text             NOT NULL,
    duration        bigint           NOT NULL,
    break_glass     bigint           NOT NULL,
    approval_waived bigint           NOT NULL,
    state           bigint           NOT NULL,
    requested_at    bigint           NOT NULL,
    expires_at      bigint           NOT NULL,
    approved_by     text COLLATE "C",
    activated_at    bigint,
    ended_at        bigint,
    end_reason      bigint,
    ended_by        text COLLATE "C"
);

CREATE INDEX support_grants_of_tenant ON support_grants (tenant_id, id);
CREATE INDEX support_grants_of_operator ON support_grants (tenant_id, operator_id, id);
CREATE INDEX support_grants_open ON support_grants (tenant_id, expires_at) WHERE ended_at IS NULL;

-- Erasures of users: to be done while completed_at is null, afterwards with a signed certificate. Nothing personal: ids mean nothing once the user is gone.
CREATE TABLE erasures
(
    id           text COLLATE "C" NOT NULL PRIMARY KEY,
    tenant_id    text COLLATE "C" NOT NULL,
    user_id      text COLLATE "C" NOT NULL UNIQUE,
    requested_at bigint NOT NULL,
    completed_at bigint,
    parts        text,
    log_sequence bigint,
    log_hash     bytea,
    key_id       text,
    signature    bytea
);

CREATE INDEX erasures_of_tenant ON erasures (tenant_id, id);
CREATE INDEX erasures_open ON erasures (requested_at) WHERE completed_at IS NULL;

-- Users that were deleted, by id: the access log names them until they are erased.
CREATE TABLE former_users
(
    user_id    text COLLATE "C" NOT NULL PRIMARY KEY,
    tenant_id  text COLLATE "C" NOT NULL,
    deleted_at bigint NOT NULL
);

-- Secrets that are made at the first start and that no other can stand in for. fingerprint: of the master key, what follows from it (one way); of the others nothing.
CREATE TABLE secrets
(
    name        text COLLATE "C" NOT NULL PRIMARY KEY,
    fingerprint bytea NOT NULL
);

-- Keys of users and tenants, wrapped by the master key; empty: destroyed.
CREATE TABLE data_keys
(
    subject_id   text COLLATE "C" NOT NULL PRIMARY KEY,
    wrapped      bytea            NOT NULL,
    destroyed_at bigint
);
