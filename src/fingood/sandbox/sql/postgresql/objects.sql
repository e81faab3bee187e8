-- Every object of the user by kind and name, to see whether a copy holds what its source holds.
WITH spaces AS (
    SELECT oid, nspname FROM pg_catalog.pg_namespace
    WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
), extension_owned AS (
    SELECT classid, objid FROM pg_catalog.pg_depend WHERE deptype = 'e'
)
SELECT 'schema' AS kind, quote_ident(nspname) AS name
FROM spaces
WHERE NOT EXISTS (SELECT 1 FROM extension_owned
                  WHERE classid = 'pg_catalog.pg_namespace'::regclass AND objid = spaces.oid)
UNION ALL
SELECT CASE relkind WHEN 'r' THEN 'table' WHEN 'p' THEN 'table' WHEN 'i' THEN 'index' WHEN 'I' THEN 'index'
                    WHEN 'S' THEN 'sequence' WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view'
                    WHEN 'f' THEN 'foreign table' WHEN 'c' THEN 'composite type' ELSE relkind::text END,
       quote_ident(nspname) || '.' || quote_ident(relname)
FROM pg_catalog.pg_class
JOIN spaces ON spaces.oid = relnamespace
WHERE NOT EXISTS (SELECT 1 FROM extension_owned
                  WHERE classid = 'pg_catalog.pg_class'::regclass AND objid = pg_class.oid)
UNION ALL
SELECT 'column', quote_ident(nspname) || '.' || quote_ident(relname) || '.' || quote_ident(attname)
FROM pg_catalog.pg_attribute
JOIN pg_catalog.pg_class ON pg_class.oid = attrelid
JOIN spaces ON spaces.oid = relnamespace
WHERE attnum > 0 AND NOT attisdropped AND relkind IN ('r', 'p', 'v', 'm', 'f', 'c')
  AND NOT EXISTS (SELECT 1 FROM extension_owned
                  WHERE classid = 'pg_catalog.pg_class'::regclass AND objid = pg_class.oid)
UNION ALL
SELECT 'constraint', coalesce(quote_ident(nspname) || '.' || quote_ident(relname) || '.', '') || quote_ident(conname)
FROM pg_catalog.pg_constraint
JOIN spaces ON spaces.oid = connamespace
LEFT JOIN pg_catalog.pg_class ON pg_class.oid = conrelid
-- NOT NULL became a constraint of its own in 18 ('n'), constraint triggers are triggers.
WHERE contype NOT IN ('n', 't')
UNION ALL
SELECT 'trigger', quote_ident(nspname) || '.' || quote_ident(relname) || '.' || quote_ident(tgname)
FROM pg_catalog.pg_trigger
JOIN pg_catalog.pg_class ON pg_class.oid = tgrelid
JOIN spaces ON spaces.oid = relnamespace
WHERE NOT tgisinternal
UNION ALL
SELECT 'policy', quote_ident(nspname) || '.' || quote_ident(relname) || '.' || quote_ident(polname)
FROM pg_catalog.pg_policy
JOIN pg_catalog.pg_class ON pg_class.oid = polrelid
JOIN spaces ON spaces.oid = relnamespace
UNION ALL
SELECT 'function', quote_ident(nspname) || '.' || quote_ident(proname) || '/' || pronargs
FROM pg_catalog.pg_proc
JOIN spaces ON spaces.oid = pronamespace
WHERE NOT EXISTS (SELECT 1 FROM extension_owned
                  WHERE classid = 'pg_catalog.pg_proc'::regclass AND objid = pg_proc.oid)
UNION ALL
SELECT 'type', quote_ident(nspname) || '.' || quote_ident(typname)
FROM pg_catalog.pg_type
JOIN spaces ON spaces.oid = typnamespace
WHERE typtype IN ('e', 'd', 'r')
  AND NOT EXISTS (SELECT 1 FROM extension_owned
                  WHERE classid = 'pg_catalog.pg_type'::regclass AND objid = pg_type.oid)
