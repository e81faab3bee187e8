-- Databases whose DROP was interrupted: nobody can connect to them (manual, DROP DATABASE).
SELECT datname::text AS name FROM pg_catalog.pg_database WHERE datconnlimit = -2 ORDER BY 1
