-- What keeps this from holding: constraints are enforced.
SELECT n.nspname::text AS schema, t.relname::text AS name, c.conname::text AS constraint_name
FROM pg_catalog.pg_constraint c
JOIN pg_catalog.pg_class t ON t.oid = c.conrelid
JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace
WHERE NOT c.conenforced
  AND n.nspname NOT IN ('pg_catalog', 'information_schema')
ORDER BY 1, 2, 3
