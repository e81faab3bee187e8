-- Operators and functions in schemas of the search_path that PostgreSQL would take in the place of its own, though
-- pg_catalog comes first: they fit a column's type more closely (manual, 10.2 and 10.3; varchar has no = of its own, and
-- goes by that of text). Those of types of their own, and of extensions, are meant to be there.
WITH path AS (
       SELECT n.oid, n.nspname
         FROM pg_catalog.pg_namespace n
        WHERE n.nspname = ANY (pg_catalog.current_schemas(false)) AND n.nspname <> 'pg_catalog'
)
SELECT pg_catalog.format('%I.%s (%s, %s)', n.nspname, o.oprname, pg_catalog.format_type(o.oprleft, NULL),
                         pg_catalog.format_type(o.oprright, NULL)) AS name
  FROM pg_catalog.pg_operator o
  JOIN path n ON n.oid = o.oprnamespace
  JOIN pg_catalog.pg_type l ON l.oid = o.oprleft AND l.typnamespace = 'pg_catalog'::regnamespace
  JOIN pg_catalog.pg_type r ON r.oid = o.oprright AND r.typnamespace = 'pg_catalog'::regnamespace
 WHERE EXISTS (SELECT FROM pg_catalog.pg_operator b
                WHERE b.oprname = o.oprname AND b.oprnamespace = 'pg_catalog'::regnamespace)
   AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                    WHERE d.classid = 'pg_catalog.pg_operator'::regclass AND d.objid = o.oid AND d.deptype = 'e')
UNION ALL
SELECT pg_catalog.format('%I.%I(%s)', n.nspname, p.proname, pg_catalog.pg_get_function_identity_arguments(p.oid))
  FROM pg_catalog.pg_proc p
  JOIN path n ON n.oid = p.pronamespace
 WHERE ('pg_catalog.varchar'::regtype = ANY (p.proargtypes) OR 'pg_catalog.bpchar'::regtype = ANY (p.proargtypes))
   AND NOT EXISTS (SELECT FROM pg_catalog.pg_type t
                    WHERE t.oid = ANY (p.proargtypes) AND t.typnamespace <> 'pg_catalog'::regnamespace)
   AND EXISTS (SELECT FROM pg_catalog.pg_proc b
                WHERE b.proname = p.proname AND b.pronamespace = 'pg_catalog'::regnamespace)
   AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                    WHERE d.classid = 'pg_catalog.pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
 ORDER BY 1
