-- Access methods made by users.
SELECT 'access method' AS kind,
       ARRAY[m.amname::text] AS path,
       'TYPE ' || CASE m.amtype WHEN 't' THEN 'TABLE' ELSE 'INDEX' END || ' HANDLER ' || m.amhandler AS definition,
       obj_description(m.oid, 'pg_am') AS comment
  FROM pg_am m
 WHERE m.oid >= 16384
   AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = 'pg_am'::regclass AND e.objid = m.oid AND e.deptype = 'e')
