-- Who holds the run lock. objsubid 2 marks advisory locks with two keys (manual, 53.13 pg_locks).
SELECT a.pid,
       a.application_name,
       a.usename::text AS database_user,
       coalesce(a.client_addr::text, 'local') AS client,
       a.backend_start
  FROM pg_locks l
  JOIN pg_stat_activity a ON a.pid = l.pid
 WHERE l.locktype = 'advisory'
   AND l.granted
   AND l.objsubid = 2
   AND l.classid::bigint = :space
   AND l.objid::bigint = :key
   AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
