-- Dead rows as a multiple of what sets autovacuum to work on the table (manual, The Autovacuum Daemon).
SELECT s.schemaname::text AS schema, s.relname::text AS name, s.n_dead_tup AS dead,
       s.n_dead_tup / greatest(coalesce(o.base, current_setting('autovacuum_vacuum_threshold')::float8)
         + coalesce(o.scale, current_setting('autovacuum_vacuum_scale_factor')::float8)
           * greatest(c.reltuples, 0), 1) AS value
FROM pg_catalog.pg_stat_user_tables s
JOIN pg_catalog.pg_class c ON c.oid = s.relid
CROSS JOIN LATERAL (SELECT max(option_value::float8) FILTER (WHERE option_name = 'autovacuum_vacuum_threshold') AS base,
                           max(option_value::float8) FILTER (WHERE option_name = 'autovacuum_vacuum_scale_factor')
                             AS scale
                    FROM pg_catalog.pg_options_to_table(c.reloptions)
                    WHERE option_name IN ('autovacuum_vacuum_threshold', 'autovacuum_vacuum_scale_factor')) o
WHERE s.n_dead_tup > 1000
