-- Rows changed since ANALYZE as a multiple of what sets autovacuum to analyse the table.
SELECT s.schemaname::text AS schema, s.relname::text AS name, s.n_mod_since_analyze AS changed,
       s.n_mod_since_analyze / greatest(current_setting('autovacuum_analyze_threshold')::float8
         + current_setting('autovacuum_analyze_scale_factor')::float8 * greatest(c.reltuples, 0), 1) AS value
FROM pg_catalog.pg_stat_user_tables s
JOIN pg_catalog.pg_class c ON c.oid = s.relid
WHERE s.n_mod_since_analyze > 1000
