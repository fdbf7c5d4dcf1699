-- Scenarios for lists, written through by their grains; content stands with the grain.
CREATE TABLE scenarios
(
    id         text COLLATE "C" NOT NULL PRIMARY KEY,
    tenant_id  text COLLATE "C" NOT NULL,
    name       text NOT NULL,
    kind       bigint NOT NULL,
    status     bigint NOT NULL,
    version    bigint NOT NULL,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL
);

CREATE INDEX scenarios_of_tenant ON scenarios (tenant_id, id);

-- Levels of single users, which decide what they see in lists.
CREATE TABLE scenario_grants
(
    user_id     text COLLATE "C" NOT NULL,
    scenario_id text COLLATE "C" NOT NULL REFERENCES scenarios (id) ON DELETE CASCADE,
    permissions bigint NOT NULL,
    PRIMARY KEY (user_id, scenario_id)
);

CREATE INDEX scenario_grants_of_scenario ON scenario_grants (scenario_id);

-- The last changes of each, with before and after. Written before the change itself, so the scenario's row may not be there yet.
CREATE TABLE scenario_history
(
    scenario_id text COLLATE "C" NOT NULL,
    version     bigint NOT NULL,
    changed_at  bigint NOT NULL,
    user_id     text COLLATE "C" NOT NULL,
    action      text NOT NULL,
    changes     text NOT NULL,
    PRIMARY KEY (scenario_id, version)
);

CREATE TABLE scenario_comments
(
    scenario_id text COLLATE "C" NOT NULL REFERENCES scenarios (id) ON DELETE CASCADE,
    id          text COLLATE "C" NOT NULL,
    user_id     text COLLATE "C" NOT NULL,
    created_at  bigint NOT NULL,
    body        text NOT NULL,
    PRIMARY KEY (scenario_id, id)
);
