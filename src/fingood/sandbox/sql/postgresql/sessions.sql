-- Who is connected to a database, ourselves left out. One parameter: the database's name.
SELECT application_name, coalesce(state, backend_type)
FROM pg_catalog.pg_stat_activity
WHERE datname = %s
  AND pid <> pg_backend_pid()
  AND backend_type = 'client backend'
ORDER BY backend_start
