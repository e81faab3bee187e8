-- Tables that publications send to subscribers, those of FOR ALL TABLES and FOR TABLES IN SCHEMA included.
SELECT schemaname::text AS schema, tablename::text AS name, pubname::text AS publication
FROM pg_catalog.pg_publication_tables
ORDER BY 1, 2, 3
