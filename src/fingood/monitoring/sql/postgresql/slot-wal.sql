-- What keeps this from holding: slots keep little WAL.
SELECT slot_name::text AS name,
       pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_lsn(), restart_lsn)::bigint AS value
FROM pg_catalog.pg_replication_slots
WHERE restart_lsn IS NOT NULL
