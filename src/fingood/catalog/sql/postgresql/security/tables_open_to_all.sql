-- Tables, or columns of them, on which PUBLIC has rights, extensions' own left out.
SELECT n.nspname::text AS schema, c.relname::text AS "table",
       pg_catalog.string_agg(DISTINCT g.privilege_type, ', ' ORDER BY g.privilege_type) AS rights
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
CROSS JOIN LATERAL (
  SELECT a.privilege_type FROM pg_catalog.aclexplode(c.relacl) a WHERE a.grantee = 0
  UNION ALL
  SELECT a.privilege_type
  FROM pg_catalog.pg_attribute t
  CROSS JOIN LATERAL pg_catalog.aclexplode(t.attacl) a
  WHERE t.attrelid = c.oid AND a.grantee = 0
) g
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')
  AND n.nspname NOT IN ('pg_catalog', 'information_schema')
  AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_depend d
                  WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = c.oid AND d.deptype = 'e')
GROUP BY 1, 2
ORDER BY 1, 2
