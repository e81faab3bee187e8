-- What keeps this from holding: sorts and joins fit into memory.
SELECT temp_files AS files, temp_bytes AS value FROM pg_catalog.pg_stat_database WHERE datname = current_database()
