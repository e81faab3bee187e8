-- Commits wait for a standby that is not there.
SELECT current_setting('synchronous_standby_names') AS names
WHERE current_setting('synchronous_standby_names') <> ''
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_stat_replication WHERE sync_state IN ('sync', 'quorum'))
