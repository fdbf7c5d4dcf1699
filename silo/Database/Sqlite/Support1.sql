-- Support grants for people to see and for the sweeper, written through by the grain of their tenant; ended ones stay.
CREATE TABLE support_grants
(
    id              TEXT    NOT NULL PRIMARY KEY,
    tenant_id       TEXT    NOT NULL,
    operator_id     TEXT    NOT NULL,
    reason          TEXT    NOT NULL,
    ticket          TEXT    NOT NULL,
    duration        INTEGER NOT NULL,
    break_glass     INTEGER NOT NULL,
    approval_waived INTEGER NOT NULL,
    state           INTEGER NOT NULL,
    requested_at    INTEGER NOT NULL,
    expires_at      INTEGER NOT NULL,
    approved_by     TEXT,
    activated_at    INTEGER,
    ended_at        INTEGER,
    end_reason      INTEGER,
    ended_by        TEXT
) STRICT;

CREATE INDEX support_grants_of_tenant ON support_grants (tenant_id, id);
CREATE INDEX support_grants_of_operator ON support_grants (tenant_id, operator_id, id);
CREATE INDEX support_grants_open ON support_grants (tenant_id, expires_at) WHERE ended_at IS NULL;
