-- What keeps this from holding: tables were analysed.
SELECT s.schemaname::text AS schema, s.relname::text AS name, s.n_live_tup AS value
FROM pg_catalog.pg_stat_user_tables s
WHERE s.last_analyze IS NULL
  AND s.last_autoanalyze IS NULL
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_statistic t WHERE t.starelid = s.relid)
