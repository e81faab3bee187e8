-- Tables that look like what a migration kept aside, or could not finish.
SELECT name FROM sqlite_master
WHERE type = 'table'
  AND (name LIKE '\_alembic\_tmp\_%' ESCAPE '\' OR name LIKE '%\_bak' ESCAPE '\' OR name LIKE '%\_backup' ESCAPE '\'
       OR name LIKE '%\_old' ESCAPE '\' OR name LIKE '%\_orig' ESCAPE '\')
ORDER BY 1
