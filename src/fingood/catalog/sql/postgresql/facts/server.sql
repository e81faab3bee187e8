-- The server, the database and the session's names.
SELECT current_setting('server_version_num')::int AS server_version,
       current_database()::text AS database,
       coalesce(current_schema()::text, 'public') AS default_schema,
       current_setting('TimeZone') AS timezone
