-- Secrets that are made at the first start and that no other can stand in for. fingerprint: of the master key, what follows from it (one way); of the others nothing.
CREATE TABLE secrets
(
    name        TEXT NOT NULL PRIMARY KEY,
    fingerprint BLOB NOT NULL
) STRICT;
