-- Sequences with their options; the position is read from each sequence itself.
SELECT 'sequence' AS kind,
       ARRAY[n.nspname::text, c.relname::text] AS path,
       ARRAY[tn.nspname::text, t.relname::text] AS "of",
       s.seqtypid::regtype::text AS type,
       s.seqstart AS start, s.seqincrement AS increment, s.seqmin AS minimum, s.seqmax AS maximum,
       s.seqcache AS cache, s.seqcycle AS cycle,
       quote_ident(t.relname) || '.' || quote_ident(a.attname) AS "owned by",
       nullif(d.deptype = 'i', false) AS identity,
       CASE c.relpersistence WHEN 'u' THEN 'unlogged' END AS persistence,
       pg_get_userbyid(c.relowner)::text AS owner,
       (SELECT string_agg(x::text, ', ' ORDER BY x::text)
          FROM unnest(coalesce(c.relacl, acldefault('s', c.relowner))) x) AS grants,
       (SELECT said.description FROM pg_description said
         WHERE said.objoid = c.oid AND said.classoid = 'pg_class'::regclass AND said.objsubid = 0) AS comment,
       has_sequence_privilege(c.oid, 'SELECT') AS readable
  FROM pg_sequence s
  JOIN pg_class c ON c.oid = s.seqrelid
  JOIN pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.objsubid = 0
                       AND d.refclassid = 'pg_class'::regclass AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i')
  LEFT JOIN pg_class t ON t.oid = d.refobjid
  LEFT JOIN pg_namespace tn ON tn.oid = t.relnamespace
  LEFT JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
 WHERE n.nspname NOT IN ('pg_catalog', 'information_schema')
   AND n.nspname !~ '^pg_(toast|temp)'
   AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = 'pg_class'::regclass AND e.objid = c.oid AND e.deptype = 'e')
