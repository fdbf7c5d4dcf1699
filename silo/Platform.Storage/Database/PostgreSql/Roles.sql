-- Roles of least rights (threat T82). Run once by an administrator, after the scripts, in the database of the platform:
--     psql -v ON_ERROR_STOP=1 -d <database> -f Roles.sql
-- then give the login that the silos use its role, and set Platform:Database:ApplySchema to false for them (./run migrate, as the owner, applies scripts):
--     GRANT platform_silo TO <login>;
-- Logins and passwords are not made here: they belong to the place where secrets are kept.
--
-- platform_schema  owns nothing by itself; the login that applies the scripts (a pipeline, an administrator) is its member and owner of the schema.
-- platform_silo    grain storage, membership, lists. No DDL, and no write on OrleansQuery, whose text the silos execute. The access log it can only
--                  read and add to; a trigger refuses the rest to everybody who has not taken it away first (threat T73).
-- platform_client  API hosts outside the silos: they look up gateways and nothing else.
DO $body$
DECLARE
    role_name text;
BEGIN
    FOREACH role_name IN ARRAY ARRAY['platform_schema', 'platform_silo', 'platform_client'] LOOP
        IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = role_name) THEN
            EXECUTE format('CREATE ROLE %I NOLOGIN', role_name);
        END IF;
    END LOOP;
END
$body$;

REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT CREATE, USAGE ON SCHEMA public TO platform_schema;
GRANT USAGE ON SCHEMA public TO platform_silo, platform_client;

GRANT SELECT ON schema_version, OrleansQuery TO platform_silo;
GRANT SELECT, INSERT, UPDATE, DELETE ON
    OrleansStorage, OrleansMembershipVersionTable, OrleansMembershipTable,
    tenants, users, sessions, session_activity, idempotency_keys, sign_in_throttles, notification_outbox,
    scenarios, scenario_grants, scenario_history, scenario_comments, api_keys, support_grants, proven_domains,
    vulnerability_reports, vulnerability_attachments, tenant_deletions, master_key_holders,
    grain_directory, silo_fences
    TO platform_silo;
GRANT SELECT, INSERT ON audit_events, audit_checkpoints, audit_trims, audit_closures TO platform_silo;
GRANT UPDATE (swept) ON audit_closures TO platform_silo;
GRANT SELECT, INSERT, UPDATE ON data_keys TO platform_silo;
GRANT SELECT, INSERT, UPDATE, DELETE ON erasures TO platform_silo;
GRANT SELECT, INSERT, DELETE ON former_users TO platform_silo;
GRANT SELECT, INSERT, UPDATE ON secrets TO platform_silo;
REVOKE EXECUTE ON FUNCTION writetostorage FROM PUBLIC;
GRANT EXECUTE ON FUNCTION writetostorage TO platform_silo;

GRANT SELECT ON OrleansQuery, OrleansMembershipTable, OrleansMembershipVersionTable TO platform_client;
