-- Every table of Alembic's, wherever a search_path would lead.
SELECT n.nspname::text AS schema
  FROM pg_catalog.pg_class AS c
  JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
 WHERE c.relname = 'alembic_version' AND c.relkind IN ('r', 'p') AND n.nspname !~ '^pg_'
 ORDER BY 1
