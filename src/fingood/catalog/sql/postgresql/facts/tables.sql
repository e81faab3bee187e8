-- Tables, views and foreign tables with the planner's estimates and sizes.
-- A partitioned table has no storage: its rows, pages and sizes are the sum over its leaves (pg_partition_tree, 12+).
-- reltuples is -1 where never analysed (14+), 0 with 0 pages before that. Sizes need no privilege on the table, but
-- statistics of a dropped or locked relation come back NULL.
SELECT n.nspname::text AS schema,
       c.relname::text AS name,
       CASE c.relkind WHEN 'r' THEN 'table' WHEN 'p' THEN 'partitioned' WHEN 'v' THEN 'view'
                      WHEN 'm' THEN 'matview' WHEN 'f' THEN 'foreign' END AS kind,
       CASE WHEN c.relkind = 'p' THEN p.rows
            WHEN c.relkind = 'v' THEN NULL
            WHEN s.bytes = 0 THEN 0
            WHEN c.reltuples < 0 OR (c.reltuples = 0 AND c.relpages = 0) THEN NULL
            ELSE c.reltuples::bigint END AS rows,
       CASE WHEN c.relkind = 'p' THEN p.bytes WHEN c.relkind IN ('r', 'm') THEN s.bytes END AS bytes,
       CASE WHEN c.relkind = 'p' THEN p.total_bytes WHEN c.relkind IN ('r', 'm') THEN s.total_bytes END AS total_bytes,
       CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid) END AS definition
  FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN LATERAL (
       SELECT pg_relation_size(c.oid) AS bytes, pg_total_relation_size(c.oid) AS total_bytes
       ) s ON c.relkind IN ('r', 'm')
  LEFT JOIN LATERAL (
       SELECT CASE WHEN bool_or(l.reltuples < 0 AND pg_relation_size(l.oid) > 0) THEN NULL ELSE sum(greatest(l.reltuples, 0))::bigint END AS rows,
              sum(pg_relation_size(l.oid))::bigint AS bytes,
              sum(pg_total_relation_size(l.oid))::bigint AS total_bytes
         FROM pg_partition_tree(c.oid) t
         JOIN pg_class l ON l.oid = t.relid
        WHERE t.isleaf AND l.relkind = 'r'
       ) p ON c.relkind = 'p'
 WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')
   AND n.nspname NOT IN ('pg_catalog', 'information_schema')
   AND n.nspname !~ '^pg_(toast|temp)'
 ORDER BY 1, 2
