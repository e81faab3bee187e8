-- Columns. attstattarget is -1 or NULL (17+) where not set. A subquery runs for every row, so the rare lists are asked
-- for only where there are any. OIDs from 16384 on are users' (manual, 51: FirstNormalObjectId).
SELECT 'column' AS kind,
       ARRAY[n.nspname::text, c.relname::text, a.attname::text] AS path,
       ARRAY[n.nspname::text, c.relname::text] AS "of",
       format_type(a.atttypid, a.atttypmod) AS type,
       NOT a.attnotnull AS nullable,
       CASE WHEN a.attgenerated = '' THEN pg_get_expr(d.adbin, d.adrelid) END AS "default",
       CASE a.attgenerated WHEN '' THEN NULL
            WHEN 'v' THEN 'virtual ' || pg_get_expr(d.adbin, d.adrelid)
            ELSE 'stored ' || pg_get_expr(d.adbin, d.adrelid) END AS generated,
       CASE a.attidentity WHEN 'a' THEN 'always' WHEN 'd' THEN 'by default' END AS identity,
       CASE WHEN a.attcollation <> 0 AND a.attcollation <> t.typcollation
            THEN a.attcollation::regcollation::text END AS collation,
       CASE WHEN a.attstorage <> t.typstorage THEN
            CASE a.attstorage WHEN 'p' THEN 'plain' WHEN 'e' THEN 'external' WHEN 'm' THEN 'main'
                              ELSE 'extended' END END AS storage,
       nullif(a.attcompression, '') AS compression,
       CASE WHEN a.attstattarget >= 0 THEN a.attstattarget END AS "statistics target",
       CASE WHEN a.attoptions IS NOT NULL THEN
            (SELECT string_agg(o, ', ' ORDER BY o) FROM unnest(a.attoptions) o) END AS options,
       CASE WHEN a.attfdwoptions IS NOT NULL THEN
            (SELECT string_agg(o, ', ' ORDER BY o) FROM unnest(a.attfdwoptions) o) END AS "server options",
       CASE WHEN a.attacl IS NOT NULL THEN
            (SELECT string_agg(x::text, ', ' ORDER BY x::text) FROM unnest(a.attacl) x) END AS grants,
       nullif(a.attislocal, true) AS local,
       nullif(a.attinhcount, 0) AS inherited,
       m.description AS comment
  FROM pg_attribute a
  JOIN pg_class c ON c.oid = a.attrelid
  JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_type t ON t.oid = a.atttypid
  LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
  LEFT JOIN pg_description m ON m.classoid = 'pg_class'::regclass AND m.objoid = a.attrelid AND m.objsubid = a.attnum
                             AND m.objoid >= 16384
 WHERE a.attrelid >= 16384 AND a.attnum > 0 AND NOT a.attisdropped
   AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
   AND n.nspname NOT IN ('pg_catalog', 'information_schema')
   AND n.nspname !~ '^pg_(toast|temp)'
   AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = 'pg_class'::regclass AND e.objid = c.oid AND e.deptype = 'e')
