-- autovacuum does nothing without track_counts (manual, The Autovacuum Daemon).
SELECT name::text, setting FROM pg_catalog.pg_settings
WHERE name IN ('autovacuum', 'track_counts') AND setting = 'off'
