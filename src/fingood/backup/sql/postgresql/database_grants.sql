-- Who may what with a database; no grantee is PUBLIC. One parameter: its name.
SELECT coalesce(r.rolname::text, '') AS grantee, a.privilege_type AS privilege, a.is_grantable AS grantable
  FROM pg_catalog.pg_database AS d
 CROSS JOIN LATERAL pg_catalog.aclexplode(d.datacl) AS a
  LEFT JOIN pg_catalog.pg_roles AS r ON r.oid = a.grantee
 WHERE d.datname = %s
 ORDER BY 1, 2
