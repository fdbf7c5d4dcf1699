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
