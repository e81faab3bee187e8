-- What keeps this from holding: pg_stat_statements forgets nothing.
SELECT dealloc AS value FROM pg_stat_statements_info
