-- Who keeps VACUUM from removing rows: sessions, slots and prepared transactions, by the age of what they still see.
SELECT 'pid ' || pid AS holder, greatest(age(backend_xmin), age(backend_xid)) AS value
FROM pg_catalog.pg_stat_activity
WHERE pid <> pg_backend_pid() AND (backend_xmin IS NOT NULL OR backend_xid IS NOT NULL)
UNION ALL
SELECT 'replication slot ' || slot_name, greatest(age(xmin), age(catalog_xmin))
FROM pg_catalog.pg_replication_slots
WHERE xmin IS NOT NULL OR catalog_xmin IS NOT NULL
UNION ALL
SELECT 'prepared transaction in ' || database, age(transaction) FROM pg_catalog.pg_prepared_xacts
