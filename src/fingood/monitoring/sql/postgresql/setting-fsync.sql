-- What keeps this from holding: fsync is on.
SELECT 'fsync' AS name, setting FROM pg_catalog.pg_settings WHERE name = 'fsync' AND setting = 'off'
