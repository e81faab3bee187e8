-- What keeps this from holding: no setting waits for a restart.
SELECT name::text FROM pg_catalog.pg_settings WHERE pending_restart ORDER BY 1
