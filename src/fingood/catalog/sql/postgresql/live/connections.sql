-- Connection slots: taken by clients, and how many there are.
SELECT count(*) AS used, current_setting('max_connections')::int AS most
FROM pg_catalog.pg_stat_activity
WHERE backend_type = 'client backend'
