-- Indexes with validity and size; key columns only (INCLUDE columns are in the definition).
SELECT n.nspname::text AS schema,
       c.relname::text AS "table",
       i.relname::text AS name,
       ARRAY(SELECT pg_get_indexdef(x.indexrelid, place, true)
               FROM generate_series(1, x.indnkeyatts) place
              ORDER BY place) AS columns,
       x.indisunique AS "unique",
       x.indisvalid AS valid,
       pg_get_indexdef(x.indexrelid) AS definition,
       CASE WHEN i.relkind = 'i' THEN pg_relation_size(i.oid) END AS bytes,
       pg_stat_get_numscans(i.oid) AS scans
  FROM pg_index x
  JOIN pg_class i ON i.oid = x.indexrelid
  JOIN pg_class c ON c.oid = x.indrelid
  JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname NOT IN ('pg_catalog', 'information_schema')
   AND n.nspname !~ '^pg_(toast|temp)'
 ORDER BY 1, 2, 3
