-- Whether WAL is kept for a restore to a moment.
SELECT current_setting('archive_mode') AS mode, current_setting('wal_level') AS level
WHERE current_setting('archive_mode') = 'off'
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_stat_replication)
