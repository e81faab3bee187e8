-- What keeps this from holding: passwords are kept as SCRAM.
SELECT rolname::text AS role FROM pg_catalog.pg_authid WHERE rolcanlogin AND rolpassword LIKE 'md5%' ORDER BY 1
