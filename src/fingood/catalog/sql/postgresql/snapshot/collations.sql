-- Collations. The locale's column has changed its name three times, so the row is read through JSON.
SELECT 'collation' AS kind,
       ARRAY[n.nspname::text, k.collname::text] AS path,
       (to_jsonb(k) - 'oid' - 'collname' - 'collnamespace' - 'collowner' - 'collversion')::text AS definition,
       pg_get_userbyid(k.collowner)::text AS owner,
       obj_description(k.oid, 'pg_collation') AS comment
  FROM pg_collation k
  JOIN pg_namespace n ON n.oid = k.collnamespace
 WHERE n.nspname NOT IN ('pg_catalog', 'information_schema')
   AND n.nspname !~ '^pg_(toast|temp)'
   AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = 'pg_collation'::regclass AND e.objid = k.oid AND e.deptype = 'e')
