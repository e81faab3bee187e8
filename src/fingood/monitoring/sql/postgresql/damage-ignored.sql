-- Settings that make the server read on over damage.
SELECT name::text, reset_val AS setting FROM pg_catalog.pg_settings
WHERE name IN ('zero_damaged_pages', 'ignore_checksum_failure', 'ignore_system_indexes', 'ignore_invalid_pages')
  AND reset_val = 'on'
