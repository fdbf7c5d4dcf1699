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
