-- What keeps this from holding: changes of the schema are in the server's log.
SELECT reset_val AS setting FROM pg_catalog.pg_settings WHERE name = 'log_statement' AND reset_val = 'none'
