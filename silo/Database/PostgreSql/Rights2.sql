-- Tenants by the beginning of their names, next to the unique index by slug. Byte order, so that a beginning is a range.
ALTER TABLE tenants ALTER COLUMN name_folded TYPE text COLLATE "C";
CREATE INDEX tenants_by_name ON tenants (name_folded, id);
