-- What lists of users are filtered by. email_blind_index: keyed hash of the address, null in rows from before until their next change, as are second_factors (1: TOTP, 2: SMS).
-- listed_role: as shown, so the built-in one where the permissions are its own. last_sign_in_at: 0 for never; written with the row of the session.
ALTER TABLE users ADD COLUMN email_blind_index TEXT;
ALTER TABLE users ADD COLUMN listed_role TEXT;
ALTER TABLE users ADD COLUMN second_factors INTEGER;
ALTER TABLE users ADD COLUMN last_sign_in_at INTEGER NOT NULL DEFAULT 0;

UPDATE users SET
    listed_role = COALESCE(role, CASE permissions WHEN 15 THEN 'owner' WHEN 7 THEN 'editor' WHEN 5 THEN 'collaborator' WHEN 1 THEN 'viewer' END),
    last_sign_in_at = COALESCE((SELECT MAX(created_at) FROM sessions WHERE sessions.user_id = users.id), 0);

-- Each holds all filters, so that any of them, and all together, read one of these alone and the rows of one page. The narrower ones are for what few users have.
DROP INDEX users_of_tenant;
CREATE INDEX users_of_tenant ON users (tenant_id, id, status, listed_role, second_factors, last_sign_in_at);
CREATE INDEX users_of_listed_role ON users (tenant_id, listed_role, id, status, second_factors, last_sign_in_at);
CREATE INDEX users_disabled ON users (tenant_id, id, status, listed_role, second_factors, last_sign_in_at) WHERE status = 2;
CREATE INDEX users_with_second_factor ON users (tenant_id, id, status, listed_role, second_factors, last_sign_in_at) WHERE second_factors > 0;
CREATE INDEX users_without_second_factor ON users (tenant_id, id, status, listed_role, second_factors, last_sign_in_at) WHERE second_factors = 0;
CREATE INDEX users_of_email ON users (tenant_id, email_blind_index, id);
