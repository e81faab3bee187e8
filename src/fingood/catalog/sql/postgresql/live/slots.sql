-- Replication slots: how much WAL is kept for each, and how much may still be written before it is lost.
SELECT slot_name::text AS name,
       slot_type AS kind,
       active,
       coalesce(wal_status, '') AS status,
       CASE WHEN NOT pg_catalog.pg_is_in_recovery()
            THEN pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_lsn(), restart_lsn)::bigint END AS behind,
       safe_wal_size AS safe
FROM pg_catalog.pg_replication_slots
WHERE NOT temporary
