-- Encoding conversions.
SELECT 'conversion' AS kind,
       ARRAY[n.nspname::text, k.conname::text] AS path,
       concat_ws(' ', pg_encoding_to_char(k.conforencoding), pg_encoding_to_char(k.contoencoding), k.conproc,
                 k.condefault) AS definition,
       pg_get_userbyid(k.conowner)::text AS owner
  FROM pg_conversion k
  JOIN pg_namespace n ON n.oid = k.connamespace
 WHERE n.nspname NOT IN ('pg_catalog', 'information_schema')
   AND n.nspname !~ '^pg_(toast|temp)'
   AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = 'pg_conversion'::regclass AND e.objid = k.oid AND e.deptype = 'e')
