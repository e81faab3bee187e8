-- Every column of every table.
SELECT 'main' AS schema, m.name AS "table", p.name AS "column", p.type AS type
FROM sqlite_master m
JOIN pragma_table_xinfo(m.name) p
WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite\_%' ESCAPE '\'
ORDER BY m.name, p.cid
