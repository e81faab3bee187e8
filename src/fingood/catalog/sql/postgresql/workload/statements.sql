-- The statements of this database that took most time, as pg_stat_statements in that schema has counted them. A sum of
-- squares, unlike a standard deviation, can be taken from another.
SELECT queryid::text || ' ' || userid::text AS key, left(query, 4000) AS query, sum(calls)::float8 AS calls,
       sum(total_exec_time)::float8 / 1000 AS seconds,
       sum(calls * (mean_exec_time ^ 2 + stddev_exec_time ^ 2))::float8 / 1e6 AS squares,
       sum(rows)::float8 AS rows, sum(shared_blks_hit + shared_blks_read)::float8 AS blocks
FROM schema_of_extension.pg_stat_statements
WHERE dbid = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
  AND queryid IS NOT NULL
GROUP BY 1, 2
ORDER BY 4 DESC
LIMIT 200
