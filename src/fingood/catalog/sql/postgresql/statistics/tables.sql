-- What tables with storage hold: the planner's count of rows, rows that VACUUM would clear, bytes by kind.
-- reltuples is -1 where never analysed (14+); a size is NULL where the table is dropped meanwhile.
SELECT
    n.nspname::pg_catalog.text AS schema,
    c.relname::pg_catalog.text AS name,
    CASE WHEN c.reltuples < 0 OR (c.reltuples = 0 AND c.relpages = 0) THEN NULL
         ELSE c.reltuples::pg_catalog.int8 END AS rows,
    coalesce(pg_catalog.pg_stat_get_dead_tuples(c.oid), 0) AS dead_rows,
    coalesce(pg_catalog.pg_relation_size(c.oid), 0) AS heap_bytes,
    coalesce(pg_catalog.pg_table_size(c.oid) - pg_catalog.pg_relation_size(c.oid), 0) AS toast_bytes,
    coalesce(pg_catalog.pg_indexes_size(c.oid), 0) AS index_bytes
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'm')
    AND c.relpersistence <> 't'
    AND n.nspname NOT IN ('pg_catalog', 'information_schema')
    AND n.nspname !~ '^pg_(toast|temp)'
