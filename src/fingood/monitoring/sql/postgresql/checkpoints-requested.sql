-- What keeps this from holding: checkpoints come by the clock.
SELECT num_requested AS requested, num_timed AS timed,
       num_requested::float8 / greatest(num_requested + num_timed, 1) AS value,
       CASE WHEN num_requested + num_timed < 20 THEN 'fewer than 20 checkpoints since the statistics were reset' END
         AS unseen
FROM pg_catalog.pg_stat_checkpointer
