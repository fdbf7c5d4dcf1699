-- Tenants by the beginning of their names, next to the unique index by slug.
CREATE INDEX tenants_by_name ON tenants (name_folded, id);
