-- Scenarios for lists, written through by their grains; content stands with the grain.
CREATE TABLE scenarios
(
    id         TEXT    NOT NULL PRIMARY KEY,
    tenant_id  TEXT    NOT NULL,
    name       TEXT    NOT NULL,
    kind       INTEGER NOT NULL,
    status     INTEGER NOT NULL,
    version    INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

CREATE INDEX scenarios_of_tenant ON scenarios (tenant_id, id);

-- Levels of single users, which decide what they see in lists.
CREATE TABLE scenario_grants
(
    user_id     TEXT    NOT NULL,
    scenario_id TEXT    NOT NULL REFERENCES scenarios (id) ON DELETE CASCADE,
    permissions INTEGER NOT NULL,
    PRIMARY KEY (user_id, scenario_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX scenario_grants_of_scenario ON scenario_grants (scenario_id);

-- The last changes of each, with before and after. Written before the change itself, so the scenario's row may not be there yet.
CREATE TABLE scenario_history
(
    scenario_id TEXT    NOT NULL,
    version     INTEGER NOT NULL,
    changed_at  INTEGER NOT NULL,
    user_id     TEXT    NOT NULL,
    action      TEXT    NOT NULL,
    changes     TEXT    NOT NULL,
    PRIMARY KEY (scenario_id, version)
) STRICT;

CREATE TABLE scenario_comments
(
    scenario_id TEXT    NOT NULL REFERENCES scenarios (id) ON DELETE CASCADE,
    id          TEXT    NOT NULL,
    user_id     TEXT    NOT NULL,
    created_at  INTEGER NOT NULL,
    body        TEXT    NOT NULL,
    PRIMARY KEY (scenario_id, id)
) STRICT;
