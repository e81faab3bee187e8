-- Sequences that have been used, with the end of their own range or of the integer column they belong to.
SELECT s.schemaname::text AS schema, s.sequencename::text AS name, s.last_value AS last, m.most,
       s.last_value::float8 / m.most AS value
FROM pg_catalog.pg_sequences s
LEFT JOIN pg_catalog.pg_depend d
       ON d.classid = 'pg_catalog.pg_class'::regclass
      AND d.objid = format('%I.%I', s.schemaname, s.sequencename)::regclass
      AND d.refclassid = 'pg_catalog.pg_class'::regclass
      AND d.deptype IN ('a', 'i')
LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
CROSS JOIN LATERAL (SELECT least(s.max_value, CASE a.atttypid WHEN 'int2'::regtype THEN 32767
                                                              WHEN 'int4'::regtype THEN 2147483647
                                                              ELSE s.max_value END) AS most) m
WHERE s.last_value IS NOT NULL
  AND s.increment_by > 0
  AND NOT s.cycle
ORDER BY 1, 2
