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
