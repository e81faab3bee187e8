-- Large tables that are mostly read from end to end.
SELECT schemaname::text AS schema, relname::text AS name, seq_scan AS scans, n_live_tup AS rows,
       seq_scan::float8 / greatest(seq_scan + coalesce(idx_scan, 0), 1) AS value
FROM pg_catalog.pg_stat_user_tables
WHERE n_live_tup > 100000 AND seq_scan > 1000
