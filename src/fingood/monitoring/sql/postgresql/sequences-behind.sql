-- Sequences that stand below values their column already has, as ANALYZE saw them: the next INSERTs collide.
SELECT sn.nspname::text AS schema, s.relname::text AS name, t.relname::text AS "table", a.attname::text AS column_name,
       coalesce(q.last_value, 0) AS last, h.highest
FROM pg_catalog.pg_depend d
JOIN pg_catalog.pg_class s ON s.oid = d.objid AND s.relkind = 'S'
JOIN pg_catalog.pg_namespace sn ON sn.oid = s.relnamespace
JOIN pg_catalog.pg_sequences q ON q.schemaname = sn.nspname AND q.sequencename = s.relname AND q.increment_by > 0
JOIN pg_catalog.pg_class t ON t.oid = d.refobjid
JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace
JOIN pg_catalog.pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid
JOIN pg_catalog.pg_stats p ON p.schemaname = n.nspname AND p.tablename = t.relname AND p.attname = a.attname
CROSS JOIN LATERAL (SELECT max(v::text::bigint) AS highest FROM unnest(p.histogram_bounds::text::text[]) v) h
WHERE d.classid = 'pg_catalog.pg_class'::regclass
  AND d.refclassid = 'pg_catalog.pg_class'::regclass
  AND d.deptype IN ('a', 'i')
  AND a.atttypid IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype)
  AND p.histogram_bounds IS NOT NULL
  AND pg_catalog.has_sequence_privilege(s.oid, 'USAGE, SELECT')
  AND h.highest > coalesce(q.last_value, 0)
ORDER BY 1, 2
