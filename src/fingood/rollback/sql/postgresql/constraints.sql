-- Keys, foreign keys and checks of the tables that rows are made for, by column names.
SELECT n.nspname::text AS schema,
       c.relname::text AS "table",
       k.conname::text AS name,
       k.contype::text AS kind,
       ARRAY(SELECT a.attname::text FROM unnest(k.conkey) WITH ORDINALITY u(attnum, place)
               JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.attnum ORDER BY u.place) AS columns,
       rn.nspname::text AS references_schema,
       r.relname::text AS references_table,
       ARRAY(SELECT a.attname::text FROM unnest(k.confkey) WITH ORDINALITY u(attnum, place)
               JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = u.attnum ORDER BY u.place) AS referenced,
       pg_get_constraintdef(k.oid) AS definition
  FROM pg_constraint k
  JOIN pg_class c ON c.oid = k.conrelid
  JOIN pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN pg_class r ON r.oid = k.confrelid
  LEFT JOIN pg_namespace rn ON rn.oid = r.relnamespace
 WHERE k.contype IN ('p', 'u', 'f', 'c') AND NOT c.relispartition
   AND n.nspname NOT IN ('pg_catalog', 'information_schema')
   AND n.nspname !~ '^pg_(toast|temp)'
UNION ALL
SELECT n.nspname::text, c.relname::text, NULL, 'b',
       ARRAY[]::text[], NULL, NULL, ARRAY[]::text[], pg_get_expr(p.relpartbound, p.oid)
  FROM pg_inherits i
  JOIN pg_class p ON p.oid = i.inhrelid AND p.relispartition
  JOIN pg_class c ON c.oid = i.inhparent
  JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE NOT c.relispartition
 ORDER BY 1, 2
