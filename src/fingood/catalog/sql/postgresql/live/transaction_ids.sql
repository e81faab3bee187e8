-- How many transactions ago the oldest unfrozen row of each database may have been written.
SELECT datname AS database, pg_catalog.age(datfrozenxid) AS age
FROM pg_catalog.pg_database
WHERE datallowconn
ORDER BY age DESC
