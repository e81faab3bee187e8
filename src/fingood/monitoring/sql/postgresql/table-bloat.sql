-- Pages that the rows would not need, by the statistics of their widths: an estimate, as check_postgres makes it. Only
-- tables of more than 10 MB that were analysed, and without columns whose width is not known.
SELECT schema, name, wasted_pages * block AS wasted, wasted_pages / pages AS value
FROM (SELECT n.nspname::text AS schema, c.relname::text AS name, c.relpages::float8 AS pages,
             current_setting('block_size')::int AS block,
             greatest(c.relpages - ceil(c.reltuples * (28 + s.width) * 1.05
               / ((current_setting('block_size')::int - 24) * coalesce(o.fill, 100) / 100.0)), 0) AS wasted_pages
      FROM pg_catalog.pg_class c
      JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      CROSS JOIN LATERAL (SELECT sum(ceil(stawidth * (1 - stanullfrac) / 4.0) * 4) AS width, count(*) AS known
                          FROM pg_catalog.pg_stats p
                          CROSS JOIN LATERAL (SELECT p.avg_width AS stawidth, p.null_frac AS stanullfrac) w
                          WHERE p.schemaname = n.nspname AND p.tablename = c.relname AND NOT p.inherited) s
      CROSS JOIN LATERAL (SELECT max(option_value::int) AS fill FROM pg_catalog.pg_options_to_table(c.reloptions)
                          WHERE option_name = 'fillfactor') o
      WHERE c.relkind IN ('r', 'm')
        AND c.reltuples > 0
        AND c.relpages > 1280
        AND n.nspname NOT IN ('pg_catalog', 'information_schema')
        AND s.known = (SELECT count(*) FROM pg_catalog.pg_attribute a
                       WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped)) found
