-- The places on disk that objects may lie in.
SELECT spcname::text AS name FROM pg_catalog.pg_tablespace
