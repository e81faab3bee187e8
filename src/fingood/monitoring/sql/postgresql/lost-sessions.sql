-- Sessions that ended by a lost client, an error or an administrator, of all.
SELECT sessions_abandoned + sessions_fatal AS lost, sessions,
       (sessions_abandoned + sessions_fatal)::float8 / greatest(sessions, 1) AS value,
       CASE WHEN sessions < 1000 THEN 'fewer than 1,000 sessions since the statistics were reset' END AS unseen
FROM pg_catalog.pg_stat_database
WHERE datname = current_database()
