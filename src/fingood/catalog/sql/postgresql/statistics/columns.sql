-- The first hundred values of each kind that ANALYZE keeps for a column; only what the role may read is in pg_stats.
SELECT
    s.schemaname::pg_catalog.text AS schema,
    s.tablename::pg_catalog.text AS "table",
    s.attname::pg_catalog.text AS name,
    s.null_frac::pg_catalog.float8 AS null_share,
    s.avg_width AS width,
    s.n_distinct::pg_catalog.float8 AS "distinct",
    coalesce(s.correlation, 0)::pg_catalog.float8 AS correlation,
    (s.most_common_vals::pg_catalog.text::pg_catalog.text[])[1:100] AS common,
    (s.most_common_freqs)[1:100]::pg_catalog.float8[] AS shares,
    ARRAY(
        SELECT value
        FROM pg_catalog.unnest(s.histogram_bounds::pg_catalog.text::pg_catalog.text[])
            WITH ORDINALITY AS bound (value, place)
        WHERE pg_catalog.mod(place - 1, greatest(1, pg_catalog.array_length(s.histogram_bounds, 1) / 100)) = 0
        ORDER BY place
    ) AS bounds
FROM pg_catalog.pg_stats AS s
JOIN pg_catalog.pg_namespace AS n ON n.nspname = s.schemaname
JOIN pg_catalog.pg_class AS c ON c.relnamespace = n.oid AND c.relname = s.tablename
JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attname = s.attname
JOIN pg_catalog.pg_type AS t ON t.oid = a.atttypid
WHERE NOT s.inherited
    AND t.typcategory <> 'A'
    AND s.schemaname || '.' || s.tablename = ANY (%s)
