-- Users who have been invited and have no password yet: few of all, as the disabled ones.
CREATE INDEX users_invited ON users (tenant_id, id, status, listed_role, second_factors, last_sign_in_at) WHERE status = 3;
