-- Counters of the tables that were read or written most.
SELECT schemaname::text AS schema, relname::text AS name, seq_scan, seq_tup_read, coalesce(idx_scan, 0) AS idx_scan,
       coalesce(idx_tup_fetch, 0) AS idx_tup_fetch, n_tup_ins AS inserted, n_tup_upd AS updated, n_tup_hot_upd AS hot,
       n_tup_del AS deleted, n_live_tup AS live, n_dead_tup AS dead
FROM pg_catalog.pg_stat_user_tables
ORDER BY coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0) + n_tup_ins + n_tup_upd + n_tup_del DESC
LIMIT 200
