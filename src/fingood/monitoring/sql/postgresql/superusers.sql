-- Superusers besides the one that made the cluster.
SELECT rolname::text AS role FROM pg_catalog.pg_roles WHERE rolsuper AND rolcanlogin AND oid <> 10 ORDER BY 1
