-- How many keys of a tenant are kept, and when the first of them expires, without a look at the kept answers.
CREATE INDEX idempotency_keys_of_a_tenant ON idempotency_keys (tenant_id, expires_at);
