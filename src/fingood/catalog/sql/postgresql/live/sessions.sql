-- Other sessions of this database that have a transaction open, and autovacuum at work in it. Of other users' sessions
-- only members of pg_read_all_stats see state, times and query. Prepared transactions hold locks without a session.
SELECT a.pid,
       coalesce(a.application_name, '') AS application,
       coalesce(a.usename::text, '') AS "user",
       coalesce(a.backend_type, '') AS kind,
       coalesce(a.state, '') AS state,
       extract(epoch FROM clock_timestamp() - a.xact_start)::float8 AS seconds,
       CASE WHEN a.state LIKE 'idle in transaction%'
            THEN extract(epoch FROM clock_timestamp() - a.state_change)::float8 END AS idle,
       a.backend_xmin IS NOT NULL AS snapshot,
       coalesce(a.query, '') AS query
FROM pg_catalog.pg_stat_activity a
WHERE a.datname = current_database()
  AND a.xact_start IS NOT NULL
  AND a.pid <> pg_backend_pid()
UNION ALL
SELECT 0, '', owner::text, 'prepared transaction', 'prepared',
       extract(epoch FROM clock_timestamp() - prepared)::float8, NULL, true, ''
FROM pg_catalog.pg_prepared_xacts
WHERE database = current_database()
ORDER BY 6 DESC
