-- The same for B-tree indexes of plain columns, of more than 10 MB; deduplicated keys make an index smaller than that.
SELECT schema, name, "table", wasted_pages * block AS wasted, wasted_pages / pages AS value
FROM (SELECT n.nspname::text AS schema, i.relname::text AS name, t.relname::text AS "table",
             i.relpages::float8 AS pages, current_setting('block_size')::int AS block,
             greatest(i.relpages - ceil(i.reltuples * (16 + s.width)
               / ((current_setting('block_size')::int - 40) * 0.9)), 0) AS wasted_pages
      FROM pg_catalog.pg_index x
      JOIN pg_catalog.pg_class i ON i.oid = x.indexrelid
      JOIN pg_catalog.pg_class t ON t.oid = x.indrelid
      JOIN pg_catalog.pg_namespace n ON n.oid = i.relnamespace
      JOIN pg_catalog.pg_am m ON m.oid = i.relam AND m.amname = 'btree'
      CROSS JOIN LATERAL (SELECT sum(ceil(p.avg_width / 8.0) * 8) AS width, count(*) AS known
                          FROM pg_catalog.pg_attribute a
                          JOIN pg_catalog.pg_stats p ON p.schemaname = n.nspname AND p.tablename = t.relname
                                                    AND p.attname = a.attname AND NOT p.inherited
                          WHERE a.attrelid = t.oid AND a.attnum = ANY (x.indkey)) s
      WHERE x.indexprs IS NULL
        AND i.reltuples > 0
        AND i.relpages > 1280
        AND s.known = x.indnatts
        AND n.nspname NOT IN ('pg_catalog', 'information_schema')) found
