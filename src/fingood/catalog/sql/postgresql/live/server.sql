-- Who looks, and whether the server takes writes. default_transaction_read_only is that of the role and the database:
-- the look itself is read-only by SET TRANSACTION.
SELECT current_user::text AS "user",
       coalesce((SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user), false) AS superuser,
       pg_catalog.pg_is_in_recovery() AS in_recovery,
       current_setting('default_transaction_read_only')::bool AS read_only,
       current_setting('autovacuum_freeze_max_age')::int AS freeze_max_age,
       coalesce(current_schema()::text, 'public') AS schema,
       pg_catalog.pg_has_role(current_user, 'pg_read_all_stats', 'USAGE') AS sees_all
