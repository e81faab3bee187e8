-- What keeps this from holding: subscriptions are enabled.
SELECT subname::text AS name FROM pg_catalog.pg_subscription
WHERE NOT subenabled AND subdbid = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
ORDER BY 1
