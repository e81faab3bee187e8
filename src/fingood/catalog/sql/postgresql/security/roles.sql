-- Every role of the users' own, with what it may do beyond its grants.
SELECT rolname::text AS name, rolsuper AS superuser, rolbypassrls AS bypasses_row_security,
       rolcreaterole AS creates_roles, rolcanlogin AS can_login, rolreplication AS replicates
FROM pg_catalog.pg_roles
WHERE rolname !~ '^pg_'
ORDER BY rolname
