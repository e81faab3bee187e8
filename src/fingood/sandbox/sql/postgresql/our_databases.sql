-- Sandbox databases on a server that somebody else runs, with the note that says who made them.
SELECT datname, coalesce(shobj_description(oid, 'pg_database'), '')
FROM pg_catalog.pg_database
WHERE datname LIKE 'fingood\_sandbox\_%'
