-- Every role, and whether we may give objects to it.
SELECT rolname::text AS name, pg_catalog.pg_has_role(current_user, oid, 'MEMBER') AS ours FROM pg_catalog.pg_roles
