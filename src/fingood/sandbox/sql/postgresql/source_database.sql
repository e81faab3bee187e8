-- The source itself: version, encoding, size, who is connected and whether it is a superuser; how it sorts and where it
-- lies. Columns that only some versions have are read through jsonb.
SELECT current_setting('server_version_num')::int,
       pg_encoding_to_char(encoding),
       pg_database_size(d.oid),
       session_user,
       current_setting('is_superuser') = 'on',
       datcollate,
       datctype,
       coalesce(to_jsonb(d) ->> 'datlocprovider', ''),
       coalesce(to_jsonb(d) ->> 'datlocale', to_jsonb(d) ->> 'daticulocale', ''),
       coalesce(to_jsonb(d) ->> 'daticurules', ''),
       (SELECT t.spcname::text FROM pg_catalog.pg_tablespace t WHERE t.oid = d.dattablespace)
FROM pg_catalog.pg_database d
WHERE datname = current_database()
