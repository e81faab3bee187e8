-- Prepared transactions of all databases.
SELECT database, extract(epoch FROM clock_timestamp() - prepared) AS seconds
FROM pg_catalog.pg_prepared_xacts
ORDER BY seconds DESC
