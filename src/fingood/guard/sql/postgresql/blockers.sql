-- Who keeps the migration's session waiting, the longest transaction first. Pid 0 stands for a prepared transaction.
SELECT b.pid,
       a.usename::text AS database_user,
       a.application_name,
       a.state,
       a.query,
       a.backend_type,
       extract(epoch FROM clock_timestamp() - a.xact_start)::float AS transaction_seconds
  FROM unnest(pg_blocking_pids(:pid)) AS b(pid)
  LEFT JOIN pg_stat_activity a ON a.pid = b.pid
 ORDER BY a.xact_start NULLS LAST
