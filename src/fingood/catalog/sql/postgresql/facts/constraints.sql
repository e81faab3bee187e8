-- Table constraints. NOT NULL rows of pg_constraint (18+) are left to the columns.
SELECT n.nspname::text AS schema,
       c.relname::text AS "table",
       k.conname::text AS name,
       CASE k.contype WHEN 'p' THEN 'primary key' WHEN 'u' THEN 'unique' WHEN 'f' THEN 'foreign key'
                      WHEN 'c' THEN 'check' WHEN 'x' THEN 'exclusion' ELSE 'other' END AS kind,
       ARRAY(SELECT a.attname::text
               FROM unnest(k.conkey) WITH ORDINALITY u(attnum, place)
               JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.attnum
              ORDER BY u.place) AS columns,
       pg_get_constraintdef(k.oid) AS definition,
       k.convalidated AS validated,
       rn.nspname::text AS references_schema,
       r.relname::text AS references_table
  FROM pg_constraint k
  JOIN pg_class c ON c.oid = k.conrelid
  JOIN pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN pg_class r ON r.oid = k.confrelid
  LEFT JOIN pg_namespace rn ON rn.oid = r.relnamespace
 WHERE k.contype IN ('p', 'u', 'f', 'c', 'x')
   AND n.nspname NOT IN ('pg_catalog', 'information_schema')
   AND n.nspname !~ '^pg_(toast|temp)'
 ORDER BY 1, 2, 3
