-- Databases that say of themselves that a restore made or replaced them.
SELECT d.datname::text AS name, pg_catalog.shobj_description(d.oid, 'pg_database') AS comment
  FROM pg_catalog.pg_database AS d
 WHERE pg_catalog.shobj_description(d.oid, 'pg_database') LIKE '{"fingood_restore"%'
 ORDER BY 1
