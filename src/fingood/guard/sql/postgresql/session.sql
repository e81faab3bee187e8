-- Which session and which database this is: postmaster start and database oid together name one database of one server.
SELECT pg_backend_pid() AS backend_pid,
       current_database()::text AS database,
       d.oid::bigint AS database_oid,
       pg_postmaster_start_time()::text AS server_started,
       current_user::text AS database_user,
       current_setting('server_version') AS server_version
  FROM pg_database d
 WHERE d.datname = current_database()
