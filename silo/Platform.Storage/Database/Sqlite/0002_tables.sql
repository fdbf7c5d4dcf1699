-- Lists for people, written through by the grains. All times and durations are .NET ticks (100 ns), times since 0001-01-01 UTC,
-- so that a clock read back equals the clock that was saved.
-- name_folded is in byte order, so that a beginning of a name is a range. access_log_kept, ended_sessions_kept: how long; null: the default.
CREATE TABLE tenants
(
    id                  TEXT    NOT NULL PRIMARY KEY,
    slug                TEXT    NOT NULL UNIQUE,
    name                TEXT    NOT NULL,
    name_folded         TEXT    NOT NULL,
    edition             INTEGER NOT NULL,
    features            INTEGER NOT NULL,
    status              INTEGER NOT NULL,
    idle_timeout        INTEGER NOT NULL,
    absolute_timeout    INTEGER NOT NULL,
    created_at          INTEGER NOT NULL,
    access_log_kept     INTEGER,
    ended_sessions_kept INTEGER
) STRICT;

CREATE INDEX tenants_by_name ON tenants (name_folded, id);

-- username_blind_index: keyed hash of the compared name. personal: name and address, sealed under the data key of the user.
-- role: where one is set, permissions is what a built-in one gives and 0 for the tenant's own.
CREATE TABLE users
(
    id                   TEXT    NOT NULL PRIMARY KEY,
    tenant_id            TEXT    NOT NULL,
    username_blind_index TEXT    NOT NULL,
    personal             BLOB    NOT NULL,
    status               INTEGER NOT NULL,
    permissions          INTEGER NOT NULL,
    created_at           INTEGER NOT NULL,
    password_changed_at  INTEGER NOT NULL,
    role                 TEXT,
    UNIQUE (tenant_id, username_blind_index)
) STRICT;

CREATE INDEX users_of_tenant ON users (tenant_id, id);
CREATE INDEX users_of_role ON users (tenant_id, role, status) WHERE role IS NOT NULL;

-- client: address and user agent, sealed under the data key of the user. next_check_at: not before this time can the session be over; the sweeper looks at due rows only and moves it on for those that live.
CREATE TABLE sessions
(
    id               TEXT    NOT NULL PRIMARY KEY,
    tenant_id        TEXT    NOT NULL,
    user_id          TEXT    NOT NULL,
    created_at       INTEGER NOT NULL,
    idle_timeout     INTEGER NOT NULL,
    absolute_timeout INTEGER NOT NULL,
    client           BLOB    NOT NULL,
    end_reason       INTEGER,
    ended_at         INTEGER,
    next_check_at    INTEGER NOT NULL
) STRICT;

CREATE INDEX sessions_of_user ON sessions (tenant_id, user_id, id);
CREATE INDEX sessions_due ON sessions (next_check_at, id) WHERE ended_at IS NULL;
-- Ended sessions are removed tenant by tenant.
CREATE INDEX sessions_ended_of_tenant ON sessions (tenant_id, ended_at, id) WHERE ended_at IS NOT NULL;

-- Activity clocks: narrow, because each is written every few minutes for as long as its session lives. Null: none since the opening.
CREATE TABLE session_activity
(
    session_id    TEXT    NOT NULL PRIMARY KEY REFERENCES sessions (id) ON DELETE CASCADE,
    last_activity INTEGER
) STRICT, WITHOUT ROWID;

-- Calls that were sent with an Idempotency-Key, for 24 hours; of key and request keyed hashes. An answer about a user is sealed under that user's data key. No status: not answered yet.
CREATE TABLE idempotency_keys
(
    tenant_id       TEXT    NOT NULL,
    user_id         TEXT    NOT NULL,
    idempotency_key TEXT    NOT NULL,
    request_hash    BLOB    NOT NULL,
    operation_id    TEXT    NOT NULL,
    running_until   INTEGER NOT NULL,
    expires_at      INTEGER NOT NULL,
    status          INTEGER,
    location        TEXT,
    about_id        TEXT,
    body            BLOB,
    PRIMARY KEY (tenant_id, user_id, idempotency_key)
) STRICT, WITHOUT ROWID;

CREATE INDEX idempotency_keys_expiry ON idempotency_keys (expires_at);

-- What slows down guesses at an account, existing or not; sealed under the data key of the account's user. Rows leave when nothing in them matters any more.
CREATE TABLE sign_in_throttles
(
    throttle_key TEXT    NOT NULL PRIMARY KEY,
    subject_id   TEXT    NOT NULL,
    state        BLOB    NOT NULL,
    expires_at   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX sign_in_throttles_expiry ON sign_in_throttles (expires_at);

-- Notifications that are not delivered yet, sealed under the data key of whom they go to and, before that, of whom else they tell of.
CREATE TABLE notification_outbox
(
    id         TEXT    NOT NULL PRIMARY KEY,
    subject_id TEXT    NOT NULL,
    about_id   TEXT,
    sealed     BLOB    NOT NULL,
    attempts   INTEGER NOT NULL,
    due_at     INTEGER NOT NULL
) STRICT;

CREATE INDEX notification_outbox_due ON notification_outbox (due_at, id);

-- Scenarios for lists, written through by their grains; content stands with the grain.
CREATE TABLE scenarios
(
    id         TEXT    NOT NULL PRIMARY KEY,
    tenant_id  TEXT    NOT NULL,
    name       TEXT    NOT NULL,
    kind       INTEGER NOT NULL,
    status     INTEGER NOT NULL,
    version    INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

CREATE INDEX scenarios_of_tenant ON scenarios (tenant_id, id);

-- Levels of single users, which decide what they see in lists.
CREATE TABLE scenario_grants
(
    user_id     TEXT    NOT NULL,
    scenario_id TEXT    NOT NULL REFERENCES scenarios (id) ON DELETE CASCADE,
    permissions INTEGER NOT NULL,
    PRIMARY KEY (user_id, scenario_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX scenario_grants_of_scenario ON scenario_grants (scenario_id);

-- The last changes of each, with before and after. Written before the change itself, so the scenario's row may not be there yet.
CREATE TABLE scenario_history
(
    scenario_id TEXT    NOT NULL,
    version     INTEGER NOT NULL,
    changed_at  INTEGER NOT NULL,
    user_id     TEXT    NOT NULL,
    action      TEXT    NOT NULL,
    changes     TEXT    NOT NULL,
    PRIMARY KEY (scenario_id, version)
) STRICT;

CREATE TABLE scenario_comments
(
    scenario_id TEXT    NOT NULL REFERENCES scenarios (id) ON DELETE CASCADE,
    id          TEXT    NOT NULL,
    user_id     TEXT    NOT NULL,
    created_at  INTEGER NOT NULL,
    body        TEXT    NOT NULL,
    PRIMARY KEY (scenario_id, id)
) STRICT;

-- What one user has written, for the export of that user's data.
CREATE INDEX scenario_history_of_user ON scenario_history (user_id, scenario_id, version);
CREATE INDEX scenario_comments_of_user ON scenario_comments (user_id, scenario_id, id);

-- API keys for people to see; the secrets' hashes lie with the grains. The time of last use is coarse and written behind.
CREATE TABLE api_keys
(
    id           TEXT    NOT NULL PRIMARY KEY,
    tenant_id    TEXT    NOT NULL,
    name         TEXT    NOT NULL,
    scopes       INTEGER NOT NULL,
    prefix       TEXT    NOT NULL,
    created_at   INTEGER NOT NULL,
    created_by   TEXT    NOT NULL,
    last_used_at INTEGER
) STRICT;

CREATE INDEX api_keys_of_tenant ON api_keys (tenant_id, id);

-- Domains whose proof is to be looked for again, written by the grain of their snippet before it commits the proof.
CREATE TABLE proven_domains
(
    snippet_id TEXT NOT NULL,
    domain     TEXT NOT NULL,
    tenant_id  TEXT NOT NULL,
    check_at   INTEGER NOT NULL,
    PRIMARY KEY (snippet_id, domain)
) STRICT;

CREATE INDEX proven_domains_due ON proven_domains (check_at);
CREATE INDEX proven_domains_of_name ON proven_domains (domain, tenant_id);

-- Support grants for people to see and for the sweeper, written through by the grain of their tenant; ended ones stay.
CREATE TABLE support_grants
(
    id              TEXT    NOT NULL PRIMARY KEY,
    tenant_id       TEXT    NOT NULL,
    operator_id     TEXT    NOT NULL,
    reason          TEXT    NOT NULL,
    ticket          TEXT    NOT NULL,
    duration        INTEGER NOT NULL,
    break_glass     INTEGER NOT NULL,
    approval_waived INTEGER NOT NULL,
    state           INTEGER NOT NULL,
    requested_at    INTEGER NOT NULL,
    expires_at      INTEGER NOT NULL,
    approved_by     TEXT,
    activated_at    INTEGER,
    ended_at        INTEGER,
    end_reason      INTEGER,
    ended_by        TEXT
) STRICT;

CREATE INDEX support_grants_of_tenant ON support_grants (tenant_id, id);
CREATE INDEX support_grants_of_operator ON support_grants (tenant_id, operator_id, id);
CREATE INDEX support_grants_open ON support_grants (tenant_id, expires_at) WHERE ended_at IS NULL;

-- Erasures of users: to be done while completed_at is null, afterwards with a signed certificate. Nothing personal: ids mean nothing once the user is gone.
CREATE TABLE erasures
(
    id           TEXT NOT NULL PRIMARY KEY,
    tenant_id    TEXT NOT NULL,
    user_id      TEXT NOT NULL UNIQUE,
    requested_at INTEGER NOT NULL,
    completed_at INTEGER,
    parts        TEXT,
    log_sequence INTEGER,
    log_hash     BLOB,
    key_id       TEXT,
    signature    BLOB
) STRICT;

CREATE INDEX erasures_of_tenant ON erasures (tenant_id, id);
CREATE INDEX erasures_open ON erasures (requested_at) WHERE completed_at IS NULL;

-- Users that were deleted, by id: the access log names them until they are erased.
CREATE TABLE former_users
(
    user_id    TEXT NOT NULL PRIMARY KEY,
    tenant_id  TEXT NOT NULL,
    deleted_at INTEGER NOT NULL
) STRICT;

-- Secrets that are made at the first start and that no other can stand in for. fingerprint: of the master key, what follows from it (one way); of the others nothing.
CREATE TABLE secrets
(
    name        TEXT NOT NULL PRIMARY KEY,
    fingerprint BLOB NOT NULL
) STRICT;

-- Keys of users and tenants, wrapped by the master key; empty: destroyed.
CREATE TABLE data_keys
(
    subject_id   TEXT NOT NULL PRIMARY KEY,
    wrapped      BLOB NOT NULL,
    destroyed_at INTEGER
) STRICT, WITHOUT ROWID;
