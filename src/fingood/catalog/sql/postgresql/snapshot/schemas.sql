-- Schemas. NULL grants mean the built-in default, so that GRANT followed by REVOKE reads as before.
SELECT 'schema' AS kind,
       ARRAY[n.nspname::text] AS path,
       pg_get_userbyid(n.nspowner)::text AS owner,
       (SELECT string_agg(x::text, ', ' ORDER BY x::text)
          FROM unnest(coalesce(n.nspacl, acldefault('n', n.nspowner))) x) AS grants,
       (SELECT said.description FROM pg_description said
         WHERE said.objoid = n.oid AND said.classoid = 'pg_namespace'::regclass AND said.objsubid = 0) AS comment
  FROM pg_namespace n
 WHERE n.nspname NOT IN ('pg_catalog', 'information_schema')
   AND n.nspname !~ '^pg_(toast|temp)'
   AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = 'pg_namespace'::regclass AND e.objid = n.oid AND e.deptype = 'e')
