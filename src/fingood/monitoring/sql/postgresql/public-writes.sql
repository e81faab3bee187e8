-- Tables that everybody who may connect can change.
SELECT n.nspname::text AS schema, c.relname::text AS name, string_agg(DISTINCT a.privilege_type, ', ') AS rights
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
CROSS JOIN LATERAL pg_catalog.aclexplode(c.relacl) a
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')
  AND n.nspname NOT IN ('pg_catalog', 'information_schema')
  AND a.grantee = 0
  AND a.privilege_type IN ('INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'TRIGGER', 'REFERENCES')
GROUP BY 1, 2
ORDER BY 1, 2
