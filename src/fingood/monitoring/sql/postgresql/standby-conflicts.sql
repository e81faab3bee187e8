-- What keeps this from holding: the standby cancels no queries.
SELECT datname::text AS database, confl_tablespace + confl_lock + confl_snapshot + confl_bufferpin + confl_deadlock AS value
FROM pg_catalog.pg_stat_database_conflicts
WHERE datname = current_database()
