-- What keeps this from holding: autovacuum has a worker free.
SELECT count(*) AS workers, current_setting('autovacuum_max_workers')::int AS most,
       count(*)::float8 / greatest(current_setting('autovacuum_max_workers')::int, 1) AS value
FROM pg_catalog.pg_stat_activity
WHERE backend_type = 'autovacuum worker'
