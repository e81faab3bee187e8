-- What keeps this from holding: no page failed its checksum.
SELECT coalesce(datname::text, 'shared objects') AS database, checksum_failures AS value
FROM pg_catalog.pg_stat_database
WHERE checksum_failures > 0
