-- Tables that look like what a migration kept aside.
SELECT n.nspname::text AS schema, c.relname::text AS name
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p')
  AND n.nspname NOT IN ('pg_catalog', 'information_schema')
  AND n.nspname !~ '^pg_(toast|temp)'
  AND c.relname ~* '(^(_alembic_tmp|tmp|temp|bak|backup|old)_|_(bak|backup|old|orig|tmp|temp|copy)(_?[0-9]+)?$)'
ORDER BY 1, 2
