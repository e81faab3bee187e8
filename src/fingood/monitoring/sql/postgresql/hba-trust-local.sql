-- What keeps this from holding: nobody comes in from the server's host without a password.
SELECT line_number AS line, type, array_to_string(user_name, ',') AS users
FROM pg_catalog.pg_hba_file_rules
WHERE auth_method = 'trust'
  AND (type = 'local' OR address IN ('127.0.0.1', '::1', 'localhost'))
  AND NOT 'replication' = ANY (database)
ORDER BY 1
