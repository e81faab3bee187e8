-- What the connected role may do: everything, make databases.
SELECT rolname::text AS name, rolsuper AS superuser, rolsuper OR rolcreatedb AS creates
  FROM pg_catalog.pg_roles
 WHERE rolname = current_user
