-- Role of a user: where one is set, permissions is what a built-in one gives and 0 for the tenant's own.
ALTER TABLE users ADD COLUMN role TEXT;
CREATE INDEX users_of_role ON users (tenant_id, role, status) WHERE role IS NOT NULL;
