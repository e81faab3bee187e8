-- Indexes that may be built after the rows are in, which is quicker: those that no constraint, no partitioned index,
-- no CLUSTER and no replication rests on.
SELECT
    n.nspname::pg_catalog.text AS schema,
    c.relname::pg_catalog.text AS "table",
    x.relname::pg_catalog.text AS name,
    pg_catalog.pg_get_indexdef(i.indexrelid) AS definition
FROM pg_catalog.pg_index AS i
JOIN pg_catalog.pg_class AS c ON c.oid = i.indrelid
JOIN pg_catalog.pg_class AS x ON x.oid = i.indexrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind = 'r'
    AND i.indexrelid >= 16384
    AND i.indisvalid
    AND NOT i.indisunique
    AND NOT i.indisclustered
    AND NOT i.indisreplident
    AND NOT x.relispartition
    AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint AS k WHERE k.conindid = i.indexrelid)
