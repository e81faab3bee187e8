-- Integer keys, whoever fills them, by the highest value that ANALYZE saw beside what the type holds.
SELECT n.nspname::text AS schema, t.relname::text AS name, a.attname::text AS column_name,
       format_type(a.atttypid, NULL) AS type, h.highest,
       h.highest::float8 / CASE a.atttypid WHEN 'int2'::regtype THEN 32767 ELSE 2147483647 END AS value
FROM pg_catalog.pg_index x
JOIN pg_catalog.pg_class t ON t.oid = x.indrelid
JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace
JOIN pg_catalog.pg_attribute a ON a.attrelid = t.oid AND a.attnum = ANY (x.indkey)
JOIN pg_catalog.pg_stats p ON p.schemaname = n.nspname AND p.tablename = t.relname AND p.attname = a.attname
CROSS JOIN LATERAL (SELECT max(v::text::bigint) AS highest
                    FROM unnest(p.histogram_bounds::text::text[]) v) h
WHERE x.indisprimary
  AND a.atttypid IN ('int2'::regtype, 'int4'::regtype)
  AND p.histogram_bounds IS NOT NULL
  AND n.nspname NOT IN ('pg_catalog', 'information_schema')
