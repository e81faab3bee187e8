-- Plain indexes whose columns begin another index on the same table.
SELECT DISTINCT n.nspname::text AS schema, i.relname::text AS name, w.relname::text AS wider, t.relname::text AS "table"
FROM pg_catalog.pg_index x
JOIN pg_catalog.pg_index y ON y.indrelid = x.indrelid AND y.indexrelid <> x.indexrelid
                          AND y.indnkeyatts > x.indnkeyatts
                          AND (y.indkey::text || ' ') LIKE (x.indkey::text || ' %')
                          AND (y.indclass::text || ' ') LIKE (x.indclass::text || ' %')
                          AND (y.indoption::text || ' ') LIKE (x.indoption::text || ' %')
                          AND (y.indcollation::text || ' ') LIKE (x.indcollation::text || ' %')
JOIN pg_catalog.pg_class i ON i.oid = x.indexrelid
JOIN pg_catalog.pg_class w ON w.oid = y.indexrelid
JOIN pg_catalog.pg_class t ON t.oid = x.indrelid
JOIN pg_catalog.pg_namespace n ON n.oid = i.relnamespace
JOIN pg_catalog.pg_am m ON m.oid = i.relam AND m.oid = w.relam AND m.amname = 'btree'
WHERE x.indisvalid AND y.indisvalid
  AND NOT x.indisunique
  AND x.indexprs IS NULL AND y.indexprs IS NULL
  AND x.indpred IS NULL AND y.indpred IS NULL
  AND x.indnatts = x.indnkeyatts
  AND NOT i.relispartition
  AND n.nspname NOT IN ('pg_catalog', 'information_schema')
  AND n.nspname !~ '^pg_toast'
ORDER BY 1, 2
