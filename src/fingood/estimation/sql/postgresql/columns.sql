-- Columns that values can be made for: base type (domains resolved), room, labels of an enum.
WITH RECURSIVE base AS (
    SELECT t.oid, t.oid AS at, t.typtype, t.typbasetype, t.typtypmod AS typmod
    FROM pg_catalog.pg_type AS t
    UNION ALL
    SELECT b.oid, t.oid, t.typtype, t.typbasetype, greatest(b.typmod, t.typtypmod)
    FROM base AS b
    JOIN pg_catalog.pg_type AS t ON t.oid = b.typbasetype
    WHERE b.typtype = 'd'
)
SELECT
    n.nspname::pg_catalog.text AS schema,
    c.relname::pg_catalog.text AS "table",
    a.attname::pg_catalog.text AS name,
    t.typname::pg_catalog.text AS type,
    pg_catalog.format_type(a.atttypid, a.atttypmod) AS spelled,
    CASE WHEN a.atttypmod >= 0 THEN a.atttypmod ELSE b.typmod END AS typmod,
    t.typcategory = 'A' AS is_array,
    t.typtype = 'r' AS is_range,
    a.attnotnull AS required,
    ARRAY(
        SELECT e.enumlabel::pg_catalog.text
        FROM pg_catalog.pg_enum AS e
        WHERE e.enumtypid = t.oid
        ORDER BY e.enumsortorder
    ) AS labels
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN base AS b ON b.oid = a.atttypid AND b.typtype <> 'd'
JOIN pg_catalog.pg_type AS t ON t.oid = b.at
WHERE c.relkind = 'r'
    AND a.attgenerated = ''
    AND n.nspname NOT IN ('pg_catalog', 'information_schema')
    AND n.nspname !~ '^pg_(toast|temp)'
ORDER BY 1, 2, a.attnum
