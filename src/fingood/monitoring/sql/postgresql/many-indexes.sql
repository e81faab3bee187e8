-- What keeps this from holding: no table carries very many indexes.
SELECT n.nspname::text AS schema, t.relname::text AS name, count(*) AS value
FROM pg_catalog.pg_index x
JOIN pg_catalog.pg_class t ON t.oid = x.indrelid AND t.relkind IN ('r', 'm')
JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace
WHERE n.nspname NOT IN ('pg_catalog', 'information_schema')
GROUP BY 1, 2
