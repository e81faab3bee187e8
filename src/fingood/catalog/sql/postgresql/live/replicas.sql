-- Standbys and subscribers that are connected, and how far behind they are.
SELECT coalesce(application_name, '') AS name,
       coalesce(state, '') AS state,
       extract(epoch FROM replay_lag)::float8 AS seconds,
       CASE WHEN NOT pg_catalog.pg_is_in_recovery()
            THEN pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_lsn(), replay_lsn)::bigint END AS bytes
FROM pg_catalog.pg_stat_replication
