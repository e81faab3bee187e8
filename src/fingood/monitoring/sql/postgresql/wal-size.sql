-- What keeps this from holding: pg_wal is of a normal size.
SELECT count(*) AS files, coalesce(sum(size), 0)::bigint AS value FROM pg_catalog.pg_ls_waldir()
