-- What keeps this from holding: pg_stat_statements counts.
SELECT 1 AS missing WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_extension WHERE extname = 'pg_stat_statements')
