-- Sessions that keep everybody from a table: ACCESS EXCLUSIVE, by the age of their transaction.
SELECT n.nspname::text AS schema, c.relname::text AS name, l.pid,
       coalesce(nullif(a.application_name, ''), 'no application name') AS application,
       extract(epoch FROM clock_timestamp() - a.xact_start)::float8 AS value
FROM pg_catalog.pg_locks l
JOIN pg_catalog.pg_class c ON c.oid = l.relation
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
WHERE l.locktype = 'relation'
  AND l.mode = 'AccessExclusiveLock'
  AND l.granted
  AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
  AND c.relkind IN ('r', 'p', 'm', 'f')
  AND n.nspname NOT IN ('pg_catalog', 'information_schema')
  AND n.nspname !~ '^pg_(toast|temp)'
  AND a.backend_type = 'client backend'
