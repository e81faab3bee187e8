-- What keeps this from holding: no vacuum takes for ever.
SELECT pid, extract(epoch FROM clock_timestamp() - xact_start)::float8 AS value
FROM pg_catalog.pg_stat_activity
WHERE backend_type = 'autovacuum worker' AND datname = current_database()
