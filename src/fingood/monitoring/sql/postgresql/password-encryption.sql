-- What keeps this from holding: new passwords are kept as SCRAM.
SELECT reset_val AS setting FROM pg_catalog.pg_settings WHERE name = 'password_encryption' AND reset_val = 'md5'
