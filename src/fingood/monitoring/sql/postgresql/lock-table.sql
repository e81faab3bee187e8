-- The share of the shared lock table that is in use (manual, 19.12 max_locks_per_transaction).
SELECT count(*) AS locks,
       count(*)::float8 / (current_setting('max_locks_per_transaction')::int
         * (current_setting('max_connections')::int + current_setting('max_prepared_transactions')::int)) AS value
FROM pg_catalog.pg_locks
WHERE NOT fastpath
