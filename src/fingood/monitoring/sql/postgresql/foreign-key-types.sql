-- Foreign keys whose columns have another type than those they point to.
SELECT n.nspname::text AS schema, t.relname::text AS name, c.conname::text AS constraint_name,
       a.attname::text AS column_name, format_type(a.atttypid, a.atttypmod) AS own,
       format_type(b.atttypid, b.atttypmod) AS other
FROM pg_catalog.pg_constraint c
JOIN pg_catalog.pg_class t ON t.oid = c.conrelid
JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace
CROSS JOIN LATERAL unnest(c.conkey, c.confkey) k(own, other)
JOIN pg_catalog.pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.own
JOIN pg_catalog.pg_attribute b ON b.attrelid = c.confrelid AND b.attnum = k.other
WHERE c.contype = 'f' AND c.conparentid = 0 AND a.atttypid <> b.atttypid
ORDER BY 1, 2, 3
