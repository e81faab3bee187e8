-- Passwords in clear text over lines that do not ask for TLS.
SELECT line_number AS line, coalesce(address, '') AS address
FROM pg_catalog.pg_hba_file_rules
WHERE auth_method = 'password' AND type IN ('host', 'hostnossl')
ORDER BY 1
