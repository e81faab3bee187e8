-- Statements of clients that have run for long; the migration's own are there too.
SELECT pid, coalesce(nullif(application_name, ''), 'no application name') AS application,
       extract(epoch FROM clock_timestamp() - query_start)::float8 AS value
FROM pg_catalog.pg_stat_activity
WHERE datname = current_database()
  AND state = 'active'
  AND backend_type = 'client backend'
  AND pid <> pg_backend_pid()
