-- Tables: who owns them, whether we may act as that owner, their age in transactions and partition bounds. Nothing here
-- waits for a table that somebody has locked; sizes would.
SELECT n.nspname::text AS schema,
       c.relname::text AS name,
       c.relowner::regrole::text AS owner,
       pg_catalog.pg_has_role(c.relowner, 'MEMBER') AS owned,
       CASE WHEN c.relkind IN ('r', 'm') THEN pg_catalog.age(c.relfrozenxid) ELSE 0 END AS age,
       pn.nspname::text AS parent_schema,
       p.relname::text AS parent,
       coalesce(pg_catalog.pg_get_expr(c.relpartbound, c.oid), '') AS bound
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_inherits i ON i.inhrelid = c.oid AND c.relispartition
LEFT JOIN pg_catalog.pg_class p ON p.oid = i.inhparent
LEFT JOIN pg_catalog.pg_namespace pn ON pn.oid = p.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')
  AND n.nspname NOT IN ('pg_catalog', 'information_schema')
  AND n.nspname !~ '^pg_(toast|temp)'
