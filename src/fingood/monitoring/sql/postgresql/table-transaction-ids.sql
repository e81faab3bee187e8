-- Tables older than the age at which autovacuum must freeze them, as a share of it.
SELECT n.nspname::text AS schema, c.relname::text AS name, age(c.relfrozenxid) AS age,
       age(c.relfrozenxid)::float8 / current_setting('autovacuum_freeze_max_age')::int AS value
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'm', 't') AND c.relfrozenxid <> '0'::xid
