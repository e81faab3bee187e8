-- Alembic's version table in the schema that this user's names go to, and whether this user may read it. A user that
-- may use no schema of the search_path has no such schema: then any counts.
SELECT n.nspname::text AS schema, c.relname::text AS "table",
       pg_catalog.has_schema_privilege(n.oid, 'USAGE') AND pg_catalog.has_table_privilege(c.oid, 'SELECT') AS readable
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relname = 'alembic_version' AND c.relkind = 'r'
  AND n.nspname = COALESCE(pg_catalog.current_schema(), n.nspname)
ORDER BY 1, 2
