-- Counters of the indexes that were read most.
SELECT schemaname::text AS schema, indexrelname::text AS name, idx_scan AS scans, idx_tup_read AS rows
FROM pg_catalog.pg_stat_user_indexes
ORDER BY idx_scan DESC
LIMIT 200
