-- The same before PostgreSQL 17.
SELECT checkpoints_req AS requested, checkpoints_timed AS timed,
       checkpoints_req::float8 / greatest(checkpoints_req + checkpoints_timed, 1) AS value,
       CASE WHEN checkpoints_req + checkpoints_timed < 20 THEN 'fewer than 20 checkpoints since the statistics were reset'
       END AS unseen
FROM pg_catalog.pg_stat_bgwriter
