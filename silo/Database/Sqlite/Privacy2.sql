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
