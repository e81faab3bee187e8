-- Tables that have policies or row security.
SELECT n.nspname::text AS schema, c.relname::text AS "table", c.relrowsecurity AS enabled,
       c.relforcerowsecurity AS forced,
       (SELECT pg_catalog.count(*) FROM pg_catalog.pg_policy p WHERE p.polrelid = c.oid) AS policies
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p')
  AND (c.relrowsecurity OR EXISTS (SELECT 1 FROM pg_catalog.pg_policy p WHERE p.polrelid = c.oid))
ORDER BY 1, 2
