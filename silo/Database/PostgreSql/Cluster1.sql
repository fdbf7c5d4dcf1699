-- Where each grain is: one row for an activation, so that a grain is in one silo at most whatever happens to the others (decision 60).
CREATE TABLE grain_directory
(
    cluster    text   NOT NULL,
    grain      text   NOT NULL,
    silo       text   NOT NULL,
    activation text   NOT NULL,
    membership bigint NOT NULL,
    CONSTRAINT pk_grain_directory PRIMARY KEY (cluster, grain)
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02);

-- For taking out what a dead silo held.
CREATE INDEX ix_grain_directory_silo ON grain_directory (cluster, silo);

-- A silo that did not take what it was told answers nothing until it has caught up: it holds a lease only while fence = adopted (decision 61).
CREATE TABLE silo_fences
(
    silo    text   NOT NULL CONSTRAINT pk_silo_fences PRIMARY KEY,
    fence   bigint NOT NULL,
    adopted bigint NOT NULL
);
