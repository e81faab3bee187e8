-- What keeps this from holding: superusers have a password.
SELECT rolname::text AS role FROM pg_catalog.pg_authid
WHERE rolcanlogin AND rolsuper AND rolpassword IS NULL ORDER BY 1
