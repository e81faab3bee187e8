-- Sessions that wait for a lock, and the sessions that hold it.
SELECT pid, extract(epoch FROM clock_timestamp() - query_start) AS seconds, pg_catalog.pg_blocking_pids(pid) AS blockers
FROM pg_catalog.pg_stat_activity
WHERE datname = current_database()
  AND wait_event_type = 'Lock'
ORDER BY seconds DESC
