-- What keeps this from holding: few transactions are rolled back.
SELECT xact_rollback AS rollbacks, xact_rollback::float8 / greatest(xact_commit + xact_rollback, 1) AS value,
       CASE WHEN xact_commit + xact_rollback < 1000 THEN 'fewer than 1,000 transactions since the statistics were reset'
       END AS unseen
FROM pg_catalog.pg_stat_database
WHERE datname = current_database()
