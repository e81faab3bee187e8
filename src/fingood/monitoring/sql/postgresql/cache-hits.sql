-- What keeps this from holding: most blocks come from the cache.
SELECT blks_hit::float8 / greatest(blks_hit + blks_read, 1) AS value,
       CASE WHEN blks_hit + blks_read < 100000 THEN 'fewer than 100,000 blocks were read since the statistics were reset'
       END AS unseen
FROM pg_catalog.pg_stat_database
WHERE datname = current_database()
