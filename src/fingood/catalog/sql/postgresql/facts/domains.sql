-- Domains, how columns name them, what they are made of, and whether they restrict it.
SELECT n.nspname::text AS schema,
       t.typname::text AS name,
       format_type(t.oid, NULL) AS spelling,
       format_type(t.typbasetype, t.typtypmod) AS type,
       t.typnotnull OR EXISTS (SELECT FROM pg_constraint k WHERE k.contypid = t.oid) AS constrained
  FROM pg_type t
  JOIN pg_namespace n ON n.oid = t.typnamespace
 WHERE t.typtype = 'd' AND n.nspname NOT IN ('pg_catalog', 'information_schema')
 ORDER BY 1, 2
