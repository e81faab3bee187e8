-- Every foreign key of every table, a column a row: what is looked up in the child when a row of the parent goes.
SELECT child.name AS child, key.id AS number, key."table" AS parent, key."from" AS child_column
FROM sqlite_master AS child, pragma_foreign_key_list(child.name) AS key
WHERE child.type = 'table'
ORDER BY child.name, key.id, key.seq
