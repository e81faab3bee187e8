-- Statements of this database as pg_stat_statements has counted them, the most costly first.
SELECT query, calls, mean_exec_time AS mean
FROM pg_stat_statements
WHERE dbid = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
ORDER BY total_exec_time DESC
