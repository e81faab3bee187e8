-- An archiver whose newest attempt failed.
SELECT failed_count AS failures, extract(epoch FROM clock_timestamp() - last_failed_time)::float8 AS seconds
FROM pg_catalog.pg_stat_archiver
WHERE last_failed_time IS NOT NULL
  AND (last_archived_time IS NULL OR last_failed_time > last_archived_time)
