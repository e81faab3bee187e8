-- Everything in the schema but what SQLite keeps for itself. A virtual table has no pages of its own.
SELECT type, name, tbl_name AS on_table, coalesce(sql, '') AS definition,
       rootpage IS NULL OR rootpage = 0 AS virtual
FROM sqlite_master
WHERE type <> 'table' OR substr(name, 1, 7) <> 'sqlite_'
ORDER BY name
