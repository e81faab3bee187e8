-- Sessions of this database that wait for a lock, and those that hold them up, with who holds up whom.
WITH waiting AS (
    SELECT pid, pg_catalog.pg_blocking_pids(pid) AS blockers
    FROM pg_catalog.pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock'
)
SELECT a.pid, coalesce(nullif(a.application_name, ''), 'no application name') AS application,
       coalesce(a.state, '') AS state, coalesce(a.query, '') AS query, coalesce(w.blockers, '{}') AS blockers,
       coalesce(extract(epoch FROM clock_timestamp() - CASE WHEN w.pid IS NULL THEN a.xact_start ELSE a.query_start END),
                0)::float8 AS seconds
FROM pg_catalog.pg_stat_activity a
LEFT JOIN waiting w ON w.pid = a.pid
WHERE w.pid IS NOT NULL
   OR a.pid IN (SELECT unnest(blockers) FROM waiting)
ORDER BY seconds DESC
