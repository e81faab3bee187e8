-- Triggers that are switched off, or fire for replication only; those of foreign keys too.
SELECT n.nspname::text AS schema, c.relname::text AS name, t.tgname::text AS trigger_name,
       CASE t.tgenabled WHEN 'D' THEN 'disabled' ELSE 'on replicas only' END AS state,
       coalesce((SELECT ' (of the foreign key ' || f.conname || ')' FROM pg_catalog.pg_constraint f
                 WHERE f.oid = t.tgconstraint AND t.tgisinternal), '') AS belongs
FROM pg_catalog.pg_trigger t
JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE t.tgenabled IN ('D', 'R')
  AND n.nspname NOT IN ('pg_catalog', 'information_schema')
ORDER BY 1, 2, 3
