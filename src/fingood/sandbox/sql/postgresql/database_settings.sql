-- What ALTER DATABASE ... SET says for everybody, but that it is read-only: a sandbox is there to be written to.
-- One parameter: the database's name.
SELECT split_part(entry, '=', 1), substr(entry, strpos(entry, '=') + 1)
FROM pg_catalog.pg_db_role_setting AS kept
JOIN pg_catalog.pg_database AS database ON database.oid = kept.setdatabase
CROSS JOIN LATERAL unnest(kept.setconfig) AS entry
WHERE database.datname = %s
  AND kept.setrole = 0
  AND split_part(entry, '=', 1) <> 'default_transaction_read_only'
