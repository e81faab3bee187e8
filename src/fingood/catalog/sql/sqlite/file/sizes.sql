-- The pages of every table and index. Reads the whole file; dbstat is there where SQLite was built with it.
SELECT name, count(*) AS pages FROM dbstat GROUP BY name
