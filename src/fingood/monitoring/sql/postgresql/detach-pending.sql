-- What keeps this from holding: no partition is half detached.
SELECT n.nspname::text AS schema, c.relname::text AS name, p.relname::text AS parent
FROM pg_catalog.pg_inherits i
JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid
JOIN pg_catalog.pg_class p ON p.oid = i.inhparent
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE i.inhdetachpending
