-- Extensions; what belongs to one is collapsed into it.
SELECT 'extension' AS kind,
       ARRAY[x.extname::text] AS path,
       x.extversion AS version,
       n.nspname::text AS schema,
       pg_get_userbyid(x.extowner)::text AS owner
  FROM pg_extension x
  JOIN pg_namespace n ON n.oid = x.extnamespace
