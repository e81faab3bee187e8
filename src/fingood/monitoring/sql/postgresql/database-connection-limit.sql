-- The connection limit of this database, where it has one.
SELECT d.datconnlimit AS most, count(a.pid) AS used, count(a.pid)::float8 / greatest(d.datconnlimit, 1) AS value
FROM pg_catalog.pg_database d
LEFT JOIN pg_catalog.pg_stat_activity a ON a.datid = d.oid AND a.backend_type = 'client backend'
WHERE d.datname = current_database() AND d.datconnlimit >= 0
GROUP BY d.datconnlimit
