-- What keeps this from holding: standbys follow in WAL.
SELECT coalesce(nullif(application_name, ''), 'pid ' || pid) AS name,
       coalesce(pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_lsn(), replay_lsn), 0)::bigint AS value
FROM pg_catalog.pg_stat_replication
