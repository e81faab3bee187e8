-- What keeps this from holding: long waits for locks are in the log.
SELECT reset_val AS setting FROM pg_catalog.pg_settings WHERE name = 'log_lock_waits' AND reset_val = 'off'
