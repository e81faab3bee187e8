-- Collations whose rules changed under the data, as after an update of the operating system: indexes may be in disorder.
SELECT n.nspname::text AS schema, c.collname::text AS name, c.collversion AS recorded,
       pg_catalog.pg_collation_actual_version(c.oid) AS actual
FROM pg_catalog.pg_collation c
JOIN pg_catalog.pg_namespace n ON n.oid = c.collnamespace
WHERE c.collversion <> pg_catalog.pg_collation_actual_version(c.oid)
ORDER BY 1, 2
