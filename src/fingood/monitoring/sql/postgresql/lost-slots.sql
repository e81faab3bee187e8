-- What keeps this from holding: no replication slot has lost its WAL.
SELECT slot_name::text AS name, wal_status AS status FROM pg_catalog.pg_replication_slots
WHERE wal_status IN ('lost', 'unreserved') ORDER BY 1
