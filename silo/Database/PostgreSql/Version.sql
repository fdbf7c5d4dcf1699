-- Which scripts have run: the number in a script's name is the version that it brings its part to.
CREATE TABLE IF NOT EXISTS schema_version
(
    component text   NOT NULL PRIMARY KEY,
    version   bigint NOT NULL
);
