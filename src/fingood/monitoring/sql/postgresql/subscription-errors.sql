-- What keeps this from holding: subscriptions apply without errors.
SELECT subname::text AS name, apply_error_count + sync_error_count AS value
FROM pg_catalog.pg_stat_subscription_stats
