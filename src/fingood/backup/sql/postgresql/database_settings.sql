-- What ALTER DATABASE ... SET and ALTER ROLE ... IN DATABASE ... SET said. One parameter: the database's name.
SELECT coalesce(r.rolname::text, '') AS role,
       split_part(entry, '=', 1) AS key,
       substr(entry, strpos(entry, '=') + 1) AS value
  FROM pg_catalog.pg_db_role_setting AS s
  JOIN pg_catalog.pg_database AS d ON d.oid = s.setdatabase
  LEFT JOIN pg_catalog.pg_roles AS r ON r.oid = s.setrole
 CROSS JOIN LATERAL unnest(s.setconfig) AS entry
 WHERE d.datname = %s
