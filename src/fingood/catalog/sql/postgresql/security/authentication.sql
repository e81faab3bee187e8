-- Lines of pg_hba.conf that let somebody in over the network without a password, or with one in clear text.
SELECT line_number, type, pg_catalog.array_to_string(database, ',') AS databases,
       pg_catalog.array_to_string(user_name, ',') AS users, address, auth_method
FROM pg_catalog.pg_hba_file_rules
WHERE type LIKE 'host%' AND auth_method IN ('trust', 'password', 'ident')
ORDER BY line_number
