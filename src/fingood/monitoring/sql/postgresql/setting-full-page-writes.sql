-- What keeps this from holding: full_page_writes is on.
SELECT 'full_page_writes' AS name, setting FROM pg_catalog.pg_settings
WHERE name = 'full_page_writes' AND setting = 'off'
