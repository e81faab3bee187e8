-- The source itself: version, encoding, size, who is connected and whether it is a superuser.
SELECT current_setting('server_version_num')::int,
       pg_encoding_to_char(encoding),
       pg_database_size(oid),
       session_user,
       current_setting('is_superuser') = 'on',
       datcollate,
       datctype
FROM pg_catalog.pg_database
WHERE datname = current_database()
