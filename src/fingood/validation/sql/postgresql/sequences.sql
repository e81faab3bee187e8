-- Sequences that feed a column (serial and identity), ascending ones, with the column they feed.
SELECT sn.nspname::text AS schema, s.relname::text AS name, tn.nspname::text AS table_schema,
       t.relname::text AS "table", a.attname::text AS "column", q.seqincrement AS step, q.seqstart AS start
  FROM pg_depend d
  JOIN pg_class s ON s.oid = d.objid AND s.relkind = 'S'
  JOIN pg_namespace sn ON sn.oid = s.relnamespace
  JOIN pg_class t ON t.oid = d.refobjid
  JOIN pg_namespace tn ON tn.oid = t.relnamespace
  JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid
  JOIN pg_sequence q ON q.seqrelid = s.oid
 WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass
   AND d.deptype IN ('a', 'i') AND q.seqincrement > 0 AND NOT q.seqcycle
   AND a.atttypid IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype)
 ORDER BY 1, 2
