-- Support grants for people to see and for the sweeper, written through by the grain of their tenant; ended ones stay.
CREATE TABLE support_grants
(
    id              text COLLATE "C" NOT NULL PRIMARY KEY,
    tenant_id       text COLLATE "C" NOT NULL,
    operator_id     text COLLATE "C" NOT NULL,
    reason          text             NOT NULL,
    ticket          text             NOT NULL,
    duration        bigint           NOT NULL,
    break_glass     bigint           NOT NULL,
    approval_waived bigint           NOT NULL,
    state           bigint           NOT NULL,
    requested_at    bigint           NOT NULL,
    expires_at      bigint           NOT NULL,
    approved_by     text COLLATE "C",
    activated_at    bigint,
    ended_at        bigint,
    end_reason      bigint,
    ended_by        text COLLATE "C"
);

CREATE INDEX support_grants_of_tenant ON support_grants (tenant_id, id);
CREATE INDEX support_grants_of_operator ON support_grants (tenant_id, operator_id, id);
CREATE INDEX support_grants_open ON support_grants (tenant_id, expires_at) WHERE ended_at IS NULL;
