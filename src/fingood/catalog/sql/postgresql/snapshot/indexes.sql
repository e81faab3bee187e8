-- Indexes that no constraint stands for. The definition covers columns, operator classes, INCLUDE and predicate.
SELECT 'index' AS kind,
       ARRAY[n.nspname::text, i.relname::text] AS path,
       ARRAY[n.nspname::text, c.relname::text] AS "of",
       pg_get_indexdef(i.oid) AS definition,
       x.indisvalid AS valid,
       x.indisready AS ready,
       nullif(x.indisclustered, false) AS clustered,
       nullif(x.indisreplident, false) AS "replica identity",
       (SELECT string_agg(a.attnum || ': ' || a.attstattarget, ', ' ORDER BY a.attnum)
          FROM pg_attribute a WHERE a.attrelid = i.oid AND a.attstattarget >= 0) AS "statistics target",
       (SELECT string_agg(h.inhparent::regclass::text, ', ')
          FROM pg_inherits h WHERE h.inhrelid = i.oid) AS parent,
       sp.spcname::text AS tablespace,
       (SELECT said.description FROM pg_description said
         WHERE said.objoid = i.oid AND said.classoid = 'pg_class'::regclass AND said.objsubid = 0) AS comment
  FROM pg_index x
  JOIN pg_class i ON i.oid = x.indexrelid
  JOIN pg_class c ON c.oid = x.indrelid
  JOIN pg_namespace n ON n.oid = i.relnamespace
  LEFT JOIN pg_tablespace sp ON sp.oid = i.reltablespace
 WHERE n.nspname NOT IN ('pg_catalog', 'information_schema')
   AND n.nspname !~ '^pg_(toast|temp)'
   AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.oid AND k.contype IN ('p', 'u', 'x'))
   AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = 'pg_class'::regclass AND e.objid = c.oid AND e.deptype = 'e')
