-- What a new session gets, not what ours has set.
SELECT 'synchronous_commit' AS name, reset_val AS setting FROM pg_catalog.pg_settings
WHERE name = 'synchronous_commit' AND reset_val = 'off'
