-- What keeps this from holding: the database's collation is the one its indexes were built with.
SELECT datname::text AS name, datcollversion AS recorded, pg_catalog.pg_database_collation_actual_version(oid) AS actual
FROM pg_catalog.pg_database
WHERE datname = current_database()
  AND datcollversion <> pg_catalog.pg_database_collation_actual_version(oid)
