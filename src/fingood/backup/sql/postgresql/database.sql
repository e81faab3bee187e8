-- A database as it is to be made again, and what stands in the way of renaming it. One parameter: its name.
-- Columns that only some versions have are read through jsonb.
SELECT d.datname AS name,
       pg_catalog.pg_get_userbyid(d.datdba)::text AS owner,
       pg_catalog.pg_has_role(current_user, d.datdba, 'MEMBER') AS ours,
       d.datallowconn AS open,
       d.datconnlimit AS connection_limit,
       t.spcname::text AS tablespace,
       pg_catalog.pg_encoding_to_char(d.encoding)::text AS encoding,
       d.datcollate::text AS collate,
       d.datctype::text AS ctype,
       coalesce(to_jsonb(d) ->> 'datlocprovider', '') AS provider,
       coalesce(to_jsonb(d) ->> 'datlocale', to_jsonb(d) ->> 'daticulocale', '') AS locale,
       coalesce(to_jsonb(d) ->> 'daticurules', '') AS icu_rules,
       d.datacl IS NOT NULL AS granted,
       coalesce(pg_catalog.shobj_description(d.oid, 'pg_database'), '') AS comment,
       (SELECT count(*) FROM pg_catalog.pg_prepared_xacts AS x WHERE x.database = d.datname) AS prepared,
       (SELECT count(*) FROM pg_catalog.pg_replication_slots AS s WHERE s.database = d.datname) AS slots,
       (SELECT count(*) FROM pg_catalog.pg_subscription AS u WHERE u.subdbid = d.oid) AS subscriptions
  FROM pg_catalog.pg_database AS d
  JOIN pg_catalog.pg_tablespace AS t ON t.oid = d.dattablespace
 WHERE d.datname = %s
