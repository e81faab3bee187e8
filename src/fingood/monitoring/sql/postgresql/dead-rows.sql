-- What keeps this from holding: tables hold few dead rows.
SELECT schemaname::text AS schema, relname::text AS name, n_dead_tup AS dead,
       n_dead_tup::float8 / greatest(n_live_tup + n_dead_tup, 1) AS value
FROM pg_catalog.pg_stat_user_tables
WHERE n_dead_tup > 10000
