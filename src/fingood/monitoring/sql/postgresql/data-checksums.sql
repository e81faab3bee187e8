-- What keeps this from holding: pages carry checksums.
SELECT setting FROM pg_catalog.pg_settings WHERE name = 'data_checksums' AND setting = 'off'
