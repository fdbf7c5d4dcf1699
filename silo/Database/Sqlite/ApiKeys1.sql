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
