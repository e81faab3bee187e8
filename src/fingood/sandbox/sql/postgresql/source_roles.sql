-- Roles that the objects of this database name: as owner, in a privilege, in a policy. The bootstrap superuser is
-- pinned and therefore not listed in pg_shdepend (PostgreSQL manual, 52.49), so it is added; so is who is connected.
WITH named AS (
    SELECT refobjid AS oid
    FROM pg_catalog.pg_shdepend
    WHERE refclassid = 'pg_catalog.pg_authid'::regclass
      AND (dbid = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
           OR (classid = 'pg_catalog.pg_database'::regclass
               AND objid = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())))
    UNION
    SELECT oid FROM pg_catalog.pg_roles WHERE oid = 10 OR rolname = session_user
    UNION
    SELECT datdba FROM pg_catalog.pg_database WHERE datname = current_database()
)
SELECT rolname, rolinherit, rolbypassrls, rolcreaterole, rolcreatedb
FROM pg_catalog.pg_roles
JOIN named USING (oid)
WHERE rolname !~ '^pg_'
ORDER BY rolname
