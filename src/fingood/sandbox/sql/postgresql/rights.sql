-- What the connected role may do on this server.
SELECT rolsuper, rolsuper OR rolcreatedb, rolname
FROM pg_catalog.pg_roles
WHERE rolname = current_user
