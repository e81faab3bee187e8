-- End the sessions of one of our own databases that do nothing. One parameter: the database's name.
SELECT pg_terminate_backend(pid)
FROM pg_catalog.pg_stat_activity
WHERE datname = %s
  AND pid <> pg_backend_pid()
  AND backend_type = 'client backend'
  AND state LIKE 'idle%%'
