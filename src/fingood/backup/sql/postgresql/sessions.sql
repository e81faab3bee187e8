-- Everything that is connected to a database but us. One parameter: its name.
SELECT pid, coalesce(usename::text, '') AS role, coalesce(application_name, '') AS application,
       coalesce(state, backend_type) AS state
  FROM pg_catalog.pg_stat_activity
 WHERE datname = %s AND pid <> pg_catalog.pg_backend_pid()
 ORDER BY backend_start
