-- Every file of tables, of their indexes and of their TOAST, with the table it belongs to and its size in bytes.
SELECT
    n.nspname::pg_catalog.text AS schema,
    o.relname::pg_catalog.text AS "table",
    c.relkind = 'i' AS is_index,
    c.relfilenode::pg_catalog.int8 AS file,
    pg_catalog.pg_relation_size(c.oid) AS bytes
FROM pg_catalog.pg_class AS c
LEFT JOIN pg_catalog.pg_index AS i ON i.indexrelid = c.oid
LEFT JOIN pg_catalog.pg_class AS t ON t.reltoastrelid = coalesce(i.indrelid, c.oid)
JOIN pg_catalog.pg_class AS o ON o.oid = coalesce(t.oid, i.indrelid, c.oid)
JOIN pg_catalog.pg_namespace AS n ON n.oid = o.relnamespace
WHERE c.oid >= 16384 AND c.relkind IN ('r', 'm', 'i', 't') AND c.relfilenode <> 0 AND c.relpersistence <> 't'
