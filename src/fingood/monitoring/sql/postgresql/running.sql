-- Statements that other sessions of this database run right now.
SELECT pid, query
FROM pg_catalog.pg_stat_activity
WHERE datname = current_database()
  AND state = 'active'
  AND pid <> pg_backend_pid()
ORDER BY query_start
