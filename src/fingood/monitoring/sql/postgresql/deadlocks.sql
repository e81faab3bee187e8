-- What keeps this from holding: no deadlocks.
SELECT deadlocks AS value FROM pg_catalog.pg_stat_database WHERE datname = current_database()
