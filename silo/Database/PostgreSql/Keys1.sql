-- Secrets that are made at the first start and that no other can stand in for. fingerprint: of the master key, what follows from it (one way); of the others nothing.
CREATE TABLE secrets
(
    name        text COLLATE "C" NOT NULL PRIMARY KEY,
    fingerprint bytea NOT NULL
);
