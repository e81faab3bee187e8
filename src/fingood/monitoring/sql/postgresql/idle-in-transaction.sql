-- Sessions of this database that sit idle inside a transaction.
SELECT pid, application_name AS application, extract(epoch FROM clock_timestamp() - state_change) AS seconds
FROM pg_catalog.pg_stat_activity
WHERE datname = current_database()
  AND state IN ('idle in transaction', 'idle in transaction (aborted)')
  AND pid <> pg_backend_pid()
ORDER BY seconds DESC
