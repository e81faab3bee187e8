-- Foreign keys whose own columns begin no index: a DELETE or UPDATE of the parent reads the whole child table.
SELECT n.nspname::text AS schema, t.relname::text AS name, c.conname::text AS constraint_name,
       (SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY k.place)
        FROM unnest(c.conkey) WITH ORDINALITY k(number, place)
        JOIN pg_catalog.pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.number) AS columns,
       greatest(t.reltuples, s.n_live_tup, 0)::bigint AS value
FROM pg_catalog.pg_constraint c
JOIN pg_catalog.pg_class t ON t.oid = c.conrelid
JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace
LEFT JOIN pg_catalog.pg_stat_user_tables s ON s.relid = t.oid
WHERE c.contype = 'f'
  AND c.conparentid = 0
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_index x
                  WHERE x.indrelid = c.conrelid AND x.indisvalid AND x.indpred IS NULL
                    AND (x.indkey::int2[])[0:cardinality(c.conkey) - 1] @> c.conkey
                    AND (x.indkey::int2[])[0:cardinality(c.conkey) - 1] <@ c.conkey)
