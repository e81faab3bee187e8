-- Settings that a session of this role in this database begins with, the stronger ones last (manual, ALTER ROLE). That
-- it is read-only is left out: a sandbox is there to be written to.
SELECT split_part(entry, '=', 1), substr(entry, strpos(entry, '=') + 1)
FROM pg_catalog.pg_db_role_setting AS kept
CROSS JOIN LATERAL unnest(kept.setconfig) AS entry
WHERE kept.setdatabase IN (0, (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database()))
  AND kept.setrole IN (0, (SELECT oid FROM pg_catalog.pg_roles WHERE rolname = session_user))
  AND split_part(entry, '=', 1) <> 'default_transaction_read_only'
ORDER BY kept.setrole <> 0, kept.setdatabase <> 0
