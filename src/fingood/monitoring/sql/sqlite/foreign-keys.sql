-- Rows whose foreign key leads nowhere.
SELECT "table" AS name, parent, count(*) AS number FROM pragma_foreign_key_check GROUP BY 1, 2 ORDER BY 1, 2
