-- State of the grains. Key: state name and grain key as printed, compared byte by byte. The version is the etag.
CREATE TABLE grain_state
(
    state_name  TEXT    NOT NULL,
    grain_key   TEXT    NOT NULL,
    version     INTEGER NOT NULL,
    payload     BLOB    NOT NULL,
    modified_at INTEGER NOT NULL,
    PRIMARY KEY (state_name, grain_key)
) STRICT;

-- Lists for people, written through by the grains. All times and durations are .NET ticks (100 ns), times since 0001-01-01 UTC,
-- so that a clock read back equals the clock that was saved.
CREATE TABLE tenants
(
    id               TEXT    NOT NULL PRIMARY KEY,
    slug             TEXT    NOT NULL UNIQUE,
    name             TEXT    NOT NULL,
    name_folded      TEXT    NOT NULL,
    edition          INTEGER NOT NULL,
    features         INTEGER NOT NULL,
    status           INTEGER NOT NULL,
    idle_timeout     INTEGER NOT NULL,
    absolute_timeout INTEGER NOT NULL,
    created_at       INTEGER NOT NULL
) STRICT;

-- name_index: keyed hash of the compared name. personal: name and address, sealed under the data key of the user.
CREATE TABLE users
(
    id                  TEXT    NOT NULL PRIMARY KEY,
    tenant_id           TEXT    NOT NULL,
    name_index          TEXT    NOT NULL,
    personal            BLOB    NOT NULL,
    status              INTEGER NOT NULL,
    permissions         INTEGER NOT NULL,
    created_at          INTEGER NOT NULL,
    password_changed_at INTEGER NOT NULL,
    UNIQUE (tenant_id, name_index)
) STRICT;

CREATE INDEX users_of_tenant ON users (tenant_id, id);

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
CREATE INDEX sessions_ended ON sessions (ended_at, id) WHERE ended_at IS NOT NULL;

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
CREATE TABLE sign_in_guards
(
    guard_key  TEXT    NOT NULL PRIMARY KEY,
    subject_id TEXT    NOT NULL,
    state      BLOB    NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX sign_in_guards_expiry ON sign_in_guards (expires_at);

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
