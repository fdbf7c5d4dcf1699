-- What Orleans itself keeps. There is one process, so there is no membership and no directory of grains.

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
