-- Materialized views that hold data, in the order in which they were made.
SELECT namespace.nspname, class.relname
FROM pg_catalog.pg_class AS class
JOIN pg_catalog.pg_namespace AS namespace ON namespace.oid = class.relnamespace
WHERE class.relkind = 'm' AND class.relispopulated
ORDER BY class.oid
