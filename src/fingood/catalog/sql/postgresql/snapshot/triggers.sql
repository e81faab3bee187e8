-- Triggers, and the internal triggers of foreign keys where somebody has switched them off (their names hold OIDs).
SELECT CASE WHEN g.tgisinternal THEN 'foreign key trigger' ELSE 'trigger' END AS kind,
       ARRAY[n.nspname::text, c.relname::text,
             CASE WHEN g.tgisinternal THEN k.conname || ' ' || f.proname ELSE g.tgname END::text] AS path,
       ARRAY[n.nspname::text, c.relname::text] AS "of",
       CASE WHEN NOT g.tgisinternal THEN pg_get_triggerdef(g.oid) END AS definition,
       CASE g.tgenabled WHEN 'O' THEN 'origin' WHEN 'D' THEN 'disabled' WHEN 'R' THEN 'replica'
                        ELSE 'always' END AS enabled,
       (SELECT said.description FROM pg_description said
         WHERE said.objoid = g.oid AND said.classoid = 'pg_trigger'::regclass AND said.objsubid = 0) AS comment
  FROM pg_trigger g
  JOIN pg_class c ON c.oid = g.tgrelid
  JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_proc f ON f.oid = g.tgfoid
  LEFT JOIN pg_constraint k ON k.oid = g.tgconstraint
 WHERE n.nspname NOT IN ('pg_catalog', 'information_schema')
   AND n.nspname !~ '^pg_(toast|temp)'
   AND (NOT g.tgisinternal OR g.tgenabled <> 'O')
   AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = 'pg_class'::regclass AND e.objid = c.oid AND e.deptype = 'e')
