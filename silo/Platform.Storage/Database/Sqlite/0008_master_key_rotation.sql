-- Which processes hold which master keys, while the master key is rotated: ids of keys, never a key. seen_at: when the process has said so last. How far the rotation is stands in secrets.
CREATE TABLE master_key_holders
(
    process     TEXT    NOT NULL PRIMARY KEY,
    is_silo     INTEGER NOT NULL,
    key_ids     TEXT    NOT NULL,
    current_key TEXT    NOT NULL,
    seen_at     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
