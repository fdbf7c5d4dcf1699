-- Lists for people, written through by the grains. All times and durations are .NET ticks (100 ns), times since 0001-01-01 UTC,
-- so that a clock read back equals the clock that was saved. Keys are compared byte by byte, as SQLite does: COLLATE "C".
CREATE TABLE tenants
(
    id               text COLLATE "C" NOT NULL PRIMARY KEY,
    slug             text COLLATE "C" NOT NULL UNIQUE,
    name             text             NOT NULL,
    name_folded      text             NOT NULL,
    edition          bigint           NOT NULL,
    features         bigint           NOT NULL,
    status           bigint           NOT NULL,
    idle_timeout     bigint           NOT NULL,
    absolute_timeout bigint           NOT NULL,
    created_at       bigint           NOT NULL
);

-- name_index: keyed hash of the compared name. personal: name and address, sealed under the data key of the user.
CREATE TABLE users
(
    id                  text COLLATE "C" NOT NULL PRIMARY KEY,
    tenant_id           text COLLATE "C" NOT NULL,
    name_index          text COLLATE "C" NOT NULL,
    personal            bytea            NOT NULL,
    status              bigint           NOT NULL,
    permissions         bigint           NOT NULL,
    created_at          bigint           NOT NULL,
    password_changed_at bigint           NOT NULL,
    UNIQUE (tenant_id, name_index)
);

CREATE INDEX users_of_tenant ON users (tenant_id, id);

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
CREATE INDEX sessions_ended ON sessions (ended_at, id) WHERE ended_at IS NOT NULL;

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
CREATE TABLE sign_in_guards
(
    guard_key  text COLLATE "C" NOT NULL PRIMARY KEY,
    subject_id text COLLATE "C" NOT NULL,
    state      bytea            NOT NULL,
    expires_at bigint           NOT NULL
);

CREATE INDEX sign_in_guards_expiry ON sign_in_guards (expires_at);

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
