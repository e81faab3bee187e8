-- The partitions that hold the rows of each partitioned table.
SELECT
    n.nspname::pg_catalog.text AS schema,
    c.relname::pg_catalog.text AS name,
    ln.nspname::pg_catalog.text AS leaf_schema,
    l.relname::pg_catalog.text AS leaf
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
CROSS JOIN LATERAL pg_catalog.pg_partition_tree(c.oid) AS t
JOIN pg_catalog.pg_class AS l ON l.oid = t.relid
JOIN pg_catalog.pg_namespace AS ln ON ln.oid = l.relnamespace
WHERE c.relkind = 'p' AND t.isleaf AND l.relkind = 'r'
ORDER BY 1, 2, 3, 4
