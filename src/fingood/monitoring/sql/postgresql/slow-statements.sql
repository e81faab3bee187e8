-- What keeps this from holding: no frequent statement is slow.
SELECT left(query, 2000) AS query, calls, mean_exec_time / 1000 AS value
FROM pg_stat_statements
WHERE dbid = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
  AND calls >= 20
ORDER BY total_exec_time DESC
LIMIT 50
