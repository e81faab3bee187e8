-- What this transaction has done to a table and its partitions, what others did to it, and what it is called now.
-- Counts of this transaction are exact and its own (pg_stat_get_xact_*); those of others arrive some seconds late.
SELECT n.nspname AS schema,
       c.relname AS name,
       sum(pg_stat_get_xact_tuples_inserted(part.oid) - pg_stat_get_xact_tuples_deleted(part.oid))::bigint AS own_rows,
       sum(pg_stat_get_xact_tuples_inserted(part.oid) + pg_stat_get_xact_tuples_updated(part.oid)
           + pg_stat_get_xact_tuples_deleted(part.oid))::bigint AS own_work,
       sum(pg_stat_get_tuples_inserted(part.oid) + pg_stat_get_tuples_updated(part.oid)
           + pg_stat_get_tuples_deleted(part.oid))::bigint AS other_work,
       greatest(sum(greatest(part.reltuples, 0)), 0)::bigint AS rows,
       string_agg(pg_relation_filenode(part.oid)::text, ',' ORDER BY part.oid) AS files,
       (SELECT string_agg(a.attnum || '=' || a.attname || ':' || a.atttypid || ':' || a.atttypmod, ',' ORDER BY a.attnum)
          FROM pg_attribute a
         WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS columns
  FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace
  CROSS JOIN LATERAL (SELECT coalesce(p.relid, c.oid) AS oid
                        FROM (SELECT 1) one LEFT JOIN pg_partition_tree(c.oid) p ON true) tree
  JOIN pg_class part ON part.oid = tree.oid
 WHERE c.oid = :table
 GROUP BY c.oid, n.nspname, c.relname
