-- Extensions older than what the server has on its disk.
SELECT name::text, installed_version AS installed, default_version AS available
FROM pg_catalog.pg_available_extensions
WHERE installed_version IS NOT NULL AND installed_version <> default_version
ORDER BY 1
