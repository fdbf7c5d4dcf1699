-- Which processes hold which master keys, while the master key is rotated: ids of keys, never a key. seen_at: when the process has said so last. How far the rotation is stands in secrets.
CREATE TABLE master_key_holders
(
    process     text COLLATE "C" NOT NULL PRIMARY KEY,
    is_silo     bigint           NOT NULL,
    key_ids     text COLLATE "C" NOT NULL,
    current_key text COLLATE "C" NOT NULL,
    seen_at     bigint           NOT NULL
);
