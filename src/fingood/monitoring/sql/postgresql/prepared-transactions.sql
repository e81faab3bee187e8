-- Prepared transactions of all databases.
SELECT database, extract(epoch FROM clock_timestamp() - prepared)::float8 AS value
FROM pg_catalog.pg_prepared_xacts
