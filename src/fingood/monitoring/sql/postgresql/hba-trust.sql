-- Who is let in without a password from other hosts.
SELECT line_number AS line, coalesce(address, '') AS address, array_to_string(user_name, ',') AS users
FROM pg_catalog.pg_hba_file_rules
WHERE auth_method = 'trust'
  AND type <> 'local'
  AND address NOT IN ('127.0.0.1', '::1', 'localhost')
ORDER BY 1
