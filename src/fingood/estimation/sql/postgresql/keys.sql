-- Columns that must be unique together (indexes on plain columns), and columns that refer to another table.
SELECT
    n.nspname::pg_catalog.text AS schema,
    c.relname::pg_catalog.text AS "table",
    key.columns,
    NULL::pg_catalog.text AS parent_schema,
    NULL::pg_catalog.text AS parent,
    NULL::pg_catalog.text[] AS parent_columns
FROM pg_catalog.pg_index AS i
JOIN pg_catalog.pg_class AS c ON c.oid = i.indrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
CROSS JOIN LATERAL (
    SELECT pg_catalog.array_agg(a.attname::pg_catalog.text ORDER BY k.place) AS columns
    FROM pg_catalog.unnest(i.indkey::pg_catalog.int2[]) WITH ORDINALITY AS k (number, place)
    JOIN pg_catalog.pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = k.number
    WHERE k.place <= i.indnkeyatts
) AS key
WHERE i.indisunique AND i.indexprs IS NULL AND c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'pg_toast')
UNION ALL
SELECT
    n.nspname::pg_catalog.text,
    c.relname::pg_catalog.text,
    own.columns,
    pn.nspname::pg_catalog.text,
    p.relname::pg_catalog.text,
    other.columns
FROM pg_catalog.pg_constraint AS f
JOIN pg_catalog.pg_class AS c ON c.oid = f.conrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_class AS p ON p.oid = f.confrelid
JOIN pg_catalog.pg_namespace AS pn ON pn.oid = p.relnamespace
CROSS JOIN LATERAL (
    SELECT pg_catalog.array_agg(a.attname::pg_catalog.text ORDER BY k.place) AS columns
    FROM pg_catalog.unnest(f.conkey) WITH ORDINALITY AS k (number, place)
    JOIN pg_catalog.pg_attribute AS a ON a.attrelid = f.conrelid AND a.attnum = k.number
) AS own
CROSS JOIN LATERAL (
    SELECT pg_catalog.array_agg(a.attname::pg_catalog.text ORDER BY k.place) AS columns
    FROM pg_catalog.unnest(f.confkey) WITH ORDINALITY AS k (number, place)
    JOIN pg_catalog.pg_attribute AS a ON a.attrelid = f.confrelid AND a.attnum = k.number
) AS other
WHERE f.contype = 'f' AND c.relkind = 'r'
ORDER BY 1, 2, 3
