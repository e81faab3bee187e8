-- Indexes that say the same as another: same columns, order, operator classes, expressions and condition.
SELECT n.nspname::text AS schema, i.relname::text AS name, ti.relname::text AS twin, t.relname::text AS "table"
FROM pg_catalog.pg_index x
JOIN pg_catalog.pg_index y ON y.indrelid = x.indrelid AND y.indexrelid <> x.indexrelid
                          AND y.indkey = x.indkey AND y.indclass = x.indclass AND y.indoption = x.indoption
                          AND y.indcollation = x.indcollation
                          AND pg_catalog.pg_get_expr(y.indexprs, y.indrelid)
                              IS NOT DISTINCT FROM pg_catalog.pg_get_expr(x.indexprs, x.indrelid)
                          AND pg_catalog.pg_get_expr(y.indpred, y.indrelid)
                              IS NOT DISTINCT FROM pg_catalog.pg_get_expr(x.indpred, x.indrelid)
JOIN pg_catalog.pg_class i ON i.oid = x.indexrelid
JOIN pg_catalog.pg_class ti ON ti.oid = y.indexrelid AND ti.relam = i.relam
JOIN pg_catalog.pg_class t ON t.oid = x.indrelid
JOIN pg_catalog.pg_namespace n ON n.oid = i.relnamespace
WHERE x.indisvalid AND y.indisvalid
  AND n.nspname NOT IN ('pg_catalog', 'information_schema')
  AND n.nspname !~ '^pg_toast'
  AND NOT i.relispartition
  -- Of two equal ones the one to drop: not unique where the other is, else the younger.
  AND ((y.indisunique AND NOT x.indisunique) OR (y.indisunique = x.indisunique AND y.indexrelid < x.indexrelid))
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint c WHERE c.conindid = x.indexrelid AND c.contype IN ('p', 'u', 'x'))
ORDER BY 1, 2
