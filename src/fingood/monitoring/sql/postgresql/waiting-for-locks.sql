-- Sessions that wait for a lock, since when, and who holds it.
SELECT pid, coalesce(nullif(application_name, ''), 'no application name') AS application,
       extract(epoch FROM clock_timestamp() - query_start)::float8 AS value,
       array_to_string(pg_catalog.pg_blocking_pids(pid), ', ') AS blockers
FROM pg_catalog.pg_stat_activity
WHERE datname = current_database()
  AND wait_event_type = 'Lock'
