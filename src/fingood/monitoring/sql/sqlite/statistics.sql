-- Indexes, where nobody ran ANALYZE.
SELECT count(*) AS indexes FROM sqlite_master
WHERE type = 'index' AND name NOT LIKE 'sqlite_autoindex_%'
  AND NOT EXISTS (SELECT 1 FROM sqlite_master WHERE name = 'sqlite_stat1')
HAVING count(*) > 0
