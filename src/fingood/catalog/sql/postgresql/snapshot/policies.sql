-- Row security policies.
SELECT 'policy' AS kind,
       ARRAY[n.nspname::text, c.relname::text, p.polname::text] AS path,
       ARRAY[n.nspname::text, c.relname::text] AS "of",
       p.polcmd::text AS command,
       p.polpermissive AS permissive,
       (SELECT string_agg(CASE r WHEN 0 THEN 'public' ELSE pg_get_userbyid(r)::text END, ', '
                          ORDER BY r <> 0, pg_get_userbyid(nullif(r, 0)))
          FROM unnest(p.polroles) r) AS roles,
       pg_get_expr(p.polqual, p.polrelid) AS "using",
       pg_get_expr(p.polwithcheck, p.polrelid) AS "with check",
       obj_description(p.oid, 'pg_policy') AS comment
  FROM pg_policy p
  JOIN pg_class c ON c.oid = p.polrelid
  JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname NOT IN ('pg_catalog', 'information_schema')
   AND n.nspname !~ '^pg_(toast|temp)'
   AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = 'pg_class'::regclass AND e.objid = c.oid AND e.deptype = 'e')
