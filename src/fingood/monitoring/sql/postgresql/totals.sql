-- Counters of this database since its statistics were reset.
SELECT xact_commit AS commits, xact_rollback AS rollbacks, blks_hit AS hits, blks_read AS reads,
       tup_inserted AS inserted, tup_updated AS updated, tup_deleted AS deleted, temp_bytes, deadlocks
FROM pg_catalog.pg_stat_database
WHERE datname = current_database()
