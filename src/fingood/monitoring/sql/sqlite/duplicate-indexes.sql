-- Indexes with the columns of another one, in the same order, neither partial nor on expressions.
WITH indexes AS (
    SELECT m.name AS "table", i.name AS name, i."unique" AS is_unique,
           (SELECT group_concat(coalesce(c.name, 'expression') || c."desc" || c.coll, ',')
            FROM pragma_index_xinfo(i.name) c WHERE c.key) AS columns
    FROM sqlite_master m, pragma_index_list(m.name) i
    WHERE m.type = 'table' AND NOT i.partial
)
SELECT x.name, x."table", y.name AS twin FROM indexes x
JOIN indexes y ON y."table" = x."table" AND y.columns = x.columns AND y.name <> x.name
WHERE x.name NOT LIKE 'sqlite_autoindex_%'
  AND x.columns NOT LIKE '%expression%'
  AND (y.is_unique > x.is_unique OR (y.is_unique = x.is_unique AND y.name < x.name))
ORDER BY 1
