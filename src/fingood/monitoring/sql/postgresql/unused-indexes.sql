-- Indexes that nobody scanned since the statistics began, by their size in bytes.
SELECT s.schemaname::text AS schema, s.indexrelname::text AS name, s.relname::text AS "table",
       i.relpages::bigint * current_setting('block_size')::int AS value,
       CASE WHEN d.stats_reset > now() - interval '7 days'
            THEN 'the statistics were reset less than 7 days ago' END AS unseen
FROM pg_catalog.pg_stat_user_indexes s
JOIN pg_catalog.pg_index x ON x.indexrelid = s.indexrelid
JOIN pg_catalog.pg_class i ON i.oid = s.indexrelid
JOIN pg_catalog.pg_stat_database d ON d.datname = current_database()
WHERE s.idx_scan = 0
  AND NOT x.indisunique
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint c WHERE c.conindid = s.indexrelid)
