-- Tables, views, materialised views and foreign tables. "column order" is compared as an order, not as text.
SELECT CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'f' THEN 'foreign table'
                      ELSE 'table' END AS kind,
       ARRAY[n.nspname::text, c.relname::text] AS path,
       pg_get_userbyid(c.relowner)::text AS owner,
       CASE c.relpersistence WHEN 'u' THEN 'unlogged' WHEN 't' THEN 'temporary' ELSE 'permanent' END AS persistence,
       (SELECT string_agg(o, ', ' ORDER BY o) FROM unnest(c.reloptions) o) AS options,
       (SELECT string_agg(o, ', ' ORDER BY o) FROM unnest(t.reloptions) o) AS "toast options",
       (SELECT string_agg(x::text, ', ' ORDER BY x::text)
          FROM unnest(coalesce(c.relacl, acldefault('r', c.relowner))) x) AS grants,
       am.amname::text AS "access method",
       sp.spcname::text AS tablespace,
       CASE WHEN c.relkind IN ('r', 'p') THEN
            CASE c.relreplident WHEN 'd' THEN 'default' WHEN 'n' THEN 'nothing' WHEN 'f' THEN 'full'
                                ELSE 'index' END END AS "replica identity",
       nullif(c.relrowsecurity, false) AS "row security",
       nullif(c.relforcerowsecurity, false) AS "forced row security",
       CASE WHEN c.relkind = 'p' THEN pg_get_partkeydef(c.oid) END AS "partition key",
       CASE WHEN c.relispartition THEN pg_get_expr(c.relpartbound, c.oid) END AS "partition bound",
       (SELECT string_agg(i.inhparent::regclass::text, ', ' ORDER BY i.inhseqno)
          FROM pg_inherits i WHERE i.inhrelid = c.oid) AS parents,
       CASE WHEN c.reloftype <> 0 THEN c.reloftype::regtype::text END AS "of type",
       CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid) END AS definition,
       CASE WHEN c.relkind = 'm' THEN c.relispopulated END AS populated,
       fs.srvname::text AS server,
       (SELECT string_agg(o, ', ' ORDER BY o) FROM unnest(ft.ftoptions) o) AS "server options",
       (SELECT said.description FROM pg_description said
         WHERE said.objoid = c.oid AND said.classoid = 'pg_class'::regclass AND said.objsubid = 0) AS comment,
       (SELECT json_agg(a.attname ORDER BY a.attnum)::text
          FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS "column order"
  FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN pg_class t ON t.oid = c.reltoastrelid
  LEFT JOIN pg_am am ON am.oid = c.relam
  LEFT JOIN pg_tablespace sp ON sp.oid = c.reltablespace
  LEFT JOIN pg_foreign_table ft ON ft.ftrelid = c.oid
  LEFT JOIN pg_foreign_server fs ON fs.oid = ft.ftserver
 WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')
   AND n.nspname NOT IN ('pg_catalog', 'information_schema')
   AND n.nspname !~ '^pg_(toast|temp)'
   AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = 'pg_class'::regclass AND e.objid = c.oid AND e.deptype = 'e')
