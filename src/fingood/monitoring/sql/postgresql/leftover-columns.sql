-- What keeps this from holding: no migration left an old column behind.
SELECT n.nspname::text AS schema, c.relname::text AS name, a.attname::text AS column_name
FROM pg_catalog.pg_attribute a
JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE a.attnum > 0
  AND NOT a.attisdropped
  AND c.relkind IN ('r', 'p')
  AND NOT c.relispartition
  AND n.nspname NOT IN ('pg_catalog', 'information_schema')
  AND n.nspname !~ '^pg_(toast|temp)'
  AND a.attname ~* '(_(bak|backup|old|orig|tmp|deprecated)(_?[0-9]+)?$|^(tmp|old|bak)_)'
ORDER BY 1, 2, 3
