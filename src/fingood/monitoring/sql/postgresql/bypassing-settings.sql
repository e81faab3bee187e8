-- Settings of roles and databases that take away safety: commits that may be lost, triggers and foreign keys unheeded.
SELECT coalesce(r.rolname::text, 'every role') AS role, coalesce(d.datname::text, 'every database') AS database,
       split_part(c.entry, '=', 1) AS setting, split_part(c.entry, '=', 2) AS wrong
FROM pg_catalog.pg_db_role_setting s
CROSS JOIN LATERAL unnest(s.setconfig) c(entry)
LEFT JOIN pg_catalog.pg_roles r ON r.oid = s.setrole
LEFT JOIN pg_catalog.pg_database d ON d.oid = s.setdatabase
WHERE (s.setdatabase = 0 OR d.datname = current_database())
  AND (c.entry IN ('session_replication_role=replica', 'synchronous_commit=off', 'zero_damaged_pages=on')
       OR c.entry ~ '^row_security=off$')
ORDER BY 1, 2, 3
