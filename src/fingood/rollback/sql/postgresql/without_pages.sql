-- Tables that hold no row for certain: no page of their own, and no table or partition below that could. Another access
-- method may keep its rows elsewhere.
SELECT n.nspname::text AS schema,
       c.relname::text AS "table"
  FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE c.relkind = 'r' AND NOT c.relhassubclass AND c.oid >= 16384
   AND c.relam = (SELECT oid FROM pg_am WHERE amname = 'heap')
   AND pg_relation_size(c.oid) = 0
