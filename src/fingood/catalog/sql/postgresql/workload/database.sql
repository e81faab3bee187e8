-- Counters of this database since its statistics were reset, and when that was.
SELECT xact_commit AS commits, xact_rollback AS rollbacks, blks_hit AS hits, blks_read AS reads,
       tup_returned AS rows_read, tup_inserted AS inserted, tup_updated AS updated, tup_deleted AS deleted,
       temp_bytes, deadlocks, coalesce(stats_reset::text, '') AS reset,
       current_setting('server_version_num')::int AS server_version
FROM pg_catalog.pg_stat_database
WHERE datname = current_database()
