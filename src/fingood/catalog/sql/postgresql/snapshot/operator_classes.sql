-- Operator classes with what their family holds.
SELECT 'operator class' AS kind,
       ARRAY[n.nspname::text, o.opcname::text] AS path,
       ' using ' || m.amname AS signature,
       concat_ws(' ', CASE WHEN o.opcdefault THEN 'DEFAULT' END, 'FOR TYPE', o.opcintype::regtype, 'USING', m.amname) AS definition,
       nullif(o.opckeytype, 0)::regtype::text AS storage,
       (SELECT string_agg(a.amopstrategy || ' ' || a.amopopr::regoperator, ', ' ORDER BY a.amopstrategy, a.amopopr::regoperator::text)
          FROM pg_amop a WHERE a.amopfamily = o.opcfamily) AS operators,
       (SELECT string_agg(a.amprocnum || ' ' || a.amproc::regprocedure, ', ' ORDER BY a.amprocnum, a.amproc::regprocedure::text)
          FROM pg_amproc a WHERE a.amprocfamily = o.opcfamily) AS functions,
       pg_get_userbyid(o.opcowner)::text AS owner
  FROM pg_opclass o
  JOIN pg_namespace n ON n.oid = o.opcnamespace
  JOIN pg_am m ON m.oid = o.opcmethod
 WHERE n.nspname NOT IN ('pg_catalog', 'information_schema')
   AND n.nspname !~ '^pg_(toast|temp)'
   AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = 'pg_opclass'::regclass AND e.objid = o.oid AND e.deptype = 'e')
