-- Roles other than the owner that may write Alembic's version table: it has one column of this name, whatever its own is.
SELECT n.nspname::text AS schema, c.relname::text AS "table",
       CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE pg_catalog.pg_get_userbyid(a.grantee)::text END AS role
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
CROSS JOIN LATERAL pg_catalog.aclexplode(c.relacl) a
WHERE (c.relname = 'alembic_version' OR ARRAY['version_num'] = ARRAY(
    SELECT k.attname::text FROM pg_catalog.pg_attribute k
    WHERE k.attrelid = c.oid AND k.attnum > 0 AND NOT k.attisdropped)) AND c.relkind = 'r' AND a.grantee <> c.relowner
  AND a.privilege_type IN ('INSERT', 'UPDATE', 'DELETE', 'TRUNCATE')
GROUP BY 1, 2, 3
ORDER BY 1, 2, 3
