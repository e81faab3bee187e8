-- How many pages a table's file has (those of tables that inherit from it may have more: the most of all), and whether
-- rows can be asked for by their pages, which heaps alone can.
WITH RECURSIVE family (oid) AS (
    SELECT CAST(:relation AS regclass)::oid
    UNION
    SELECT i.inhrelid FROM pg_catalog.pg_inherits i JOIN family f ON f.oid = i.inhparent
)
SELECT max(pg_catalog.pg_relation_size(c.oid)) / current_setting('block_size')::bigint AS pages,
       bool_and(a.amname IS NOT DISTINCT FROM 'heap') AS heap
  FROM family f
  JOIN pg_catalog.pg_class c ON c.oid = f.oid
  LEFT JOIN pg_catalog.pg_am a ON a.oid = c.relam
