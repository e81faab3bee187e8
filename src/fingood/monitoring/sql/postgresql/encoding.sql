-- What keeps this from holding: the database is UTF-8.
SELECT pg_catalog.pg_encoding_to_char(encoding) AS encoding FROM pg_catalog.pg_database
WHERE datname = current_database() AND pg_catalog.pg_encoding_to_char(encoding) <> 'UTF8'
