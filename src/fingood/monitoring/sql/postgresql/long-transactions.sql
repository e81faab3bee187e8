-- Open transactions of this database, by how long they have been open; idle ones have a check of their own.
SELECT pid, application_name AS application, extract(epoch FROM clock_timestamp() - xact_start) AS seconds
FROM pg_catalog.pg_stat_activity
WHERE datname = current_database()
  AND backend_type = 'client backend'
  AND state = 'active'
  AND xact_start IS NOT NULL
  AND pid <> pg_backend_pid()
ORDER BY seconds DESC
