-- The numbers of a table's columns, which a renaming does not change.
SELECT a.attname AS name, a.attnum AS number
  FROM pg_attribute a
 WHERE a.attrelid = :table AND a.attnum > 0 AND NOT a.attisdropped
