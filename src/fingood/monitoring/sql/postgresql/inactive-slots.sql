-- What keeps this from holding: every replication slot is in use.
SELECT slot_name::text AS name, slot_type AS kind FROM pg_catalog.pg_replication_slots
WHERE NOT active AND NOT temporary ORDER BY 1
