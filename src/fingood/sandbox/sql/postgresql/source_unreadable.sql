-- Tables and sequences that pg_dump could not lock or read for the connected role.
SELECT namespace.nspname, class.relname, class.relkind
FROM pg_catalog.pg_class AS class
JOIN pg_catalog.pg_namespace AS namespace ON namespace.oid = class.relnamespace
WHERE class.relkind IN ('r', 'p', 'S', 'm', 'v', 'f')
  AND namespace.nspname !~ '^pg_'
  AND namespace.nspname <> 'information_schema'
  AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_depend AS own
                  WHERE own.classid = 'pg_catalog.pg_class'::regclass AND own.objid = class.oid AND own.deptype = 'e')
  AND NOT (has_schema_privilege(namespace.oid, 'USAGE')
           AND CASE WHEN class.relkind = 'S' THEN has_sequence_privilege(class.oid, 'SELECT')
                    ELSE has_table_privilege(class.oid, 'SELECT') END)
ORDER BY namespace.nspname, class.relname
