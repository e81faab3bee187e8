-- Sequences that belong to a column (serial or identity): how far they are, and the last value that the sequence, and
-- the column's type, can give. pg_sequence_last_value is NULL where nothing was drawn yet, and raises without rights in
-- old versions, so the right is asked first (14 to 18 alike): readable says whether it was there.
SELECT tn.nspname::text AS schema,
       t.relname::text AS "table",
       a.attname::text AS "column",
       sn.nspname::text AS sequence_schema,
       s.relname::text AS sequence,
       r.readable,
       CASE WHEN r.readable THEN pg_catalog.pg_sequence_last_value(s.oid) END AS last,
       CASE WHEN q.seqincrement < 0 THEN q.seqmin ELSE q.seqmax END AS sequence_end,
       CASE a.atttypid WHEN 'pg_catalog.int2'::regtype THEN 32767 WHEN 'pg_catalog.int4'::regtype THEN 2147483647
                       ELSE 9223372036854775807 END AS type_end,
       d.deptype = 'i' AS identity,
       q.seqcycle AS cycles
FROM pg_catalog.pg_sequence q
JOIN pg_catalog.pg_class s ON s.oid = q.seqrelid
JOIN pg_catalog.pg_namespace sn ON sn.oid = s.relnamespace
JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = s.oid AND d.objsubid = 0
                           AND d.refclassid = 'pg_catalog.pg_class'::regclass AND d.deptype IN ('a', 'i')
JOIN pg_catalog.pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
JOIN pg_catalog.pg_class t ON t.oid = d.refobjid
JOIN pg_catalog.pg_namespace tn ON tn.oid = t.relnamespace
CROSS JOIN LATERAL (SELECT pg_catalog.has_sequence_privilege(s.oid, 'USAGE, SELECT') AS readable) r
WHERE q.seqincrement > 0
