-- Who looks, and how far the server's clock is from the client's.
SELECT current_user::text AS user,
       r.rolsuper AS superuser,
       pg_catalog.pg_has_role(current_user, 'pg_read_all_settings', 'USAGE') AS reads_settings,
       pg_catalog.clock_timestamp() AS clock,
       (SELECT s.ssl FROM pg_catalog.pg_stat_ssl s WHERE s.pid = pg_catalog.pg_backend_pid()) AS encrypted,
       pg_catalog.inet_client_addr()::text AS address
FROM pg_catalog.pg_roles r
WHERE r.rolname = current_user
