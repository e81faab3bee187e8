-- Advisory locks of this database, by how long their session has been idle outside of a statement.
SELECT a.pid, coalesce(nullif(a.application_name, ''), 'no application name') AS application, count(*) AS locks,
       extract(epoch FROM clock_timestamp() - a.state_change)::float8 AS value
FROM pg_catalog.pg_locks l
JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
WHERE l.locktype = 'advisory'
  AND l.granted
  AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
  AND a.state LIKE 'idle%'
  AND a.pid <> pg_backend_pid()
GROUP BY 1, 2, 4
