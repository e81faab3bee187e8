-- Large tables whose pages are mostly not known to be visible to all: index-only scans must look at the table too.
SELECT n.nspname::text AS schema, c.relname::text AS name,
       c.relallvisible::float8 / greatest(c.relpages, 1) AS value
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'm')
  AND c.relpages > 12800
  AND n.nspname NOT IN ('pg_catalog', 'information_schema')
