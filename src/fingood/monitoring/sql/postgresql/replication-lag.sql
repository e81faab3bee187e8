-- How far each standby and subscriber is behind, in seconds.
SELECT coalesce(nullif(application_name, ''), 'pid ' || pid) AS name, coalesce(state, '') AS state,
       coalesce(extract(epoch FROM replay_lag)::float8, 0) AS value
FROM pg_catalog.pg_stat_replication
