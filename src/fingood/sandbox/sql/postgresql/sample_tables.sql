-- Tables whose rows a sample takes: ordinary tables and the roots of partitioned ones, with the columns that can be
-- written and the key to order by. Rows of extensions' own tables are not the user's.
SELECT namespace.nspname,
       class.relname,
       class.relkind = 'p',
       (SELECT array_agg(attname::text ORDER BY attnum)
        FROM pg_catalog.pg_attribute
        WHERE attrelid = class.oid AND attnum > 0 AND NOT attisdropped AND attgenerated = ''),
       (SELECT array_agg(attribute.attname::text ORDER BY key.place)
        FROM pg_catalog.pg_constraint AS constr
        CROSS JOIN LATERAL unnest(constr.conkey) WITH ORDINALITY AS key (attnum, place)
        JOIN pg_catalog.pg_attribute AS attribute
          ON attribute.attrelid = constr.conrelid AND attribute.attnum = key.attnum
        WHERE constr.conrelid = class.oid AND constr.contype = 'p')
FROM pg_catalog.pg_class AS class
JOIN pg_catalog.pg_namespace AS namespace ON namespace.oid = class.relnamespace
WHERE class.relkind IN ('r', 'p')
  AND NOT class.relispartition
  AND namespace.nspname !~ '^pg_'
  AND namespace.nspname <> 'information_schema'
  AND has_schema_privilege(namespace.oid, 'USAGE')
  AND has_table_privilege(class.oid, 'SELECT')
  AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_depend AS own
                  WHERE own.classid = 'pg_catalog.pg_class'::regclass AND own.objid = class.oid AND own.deptype = 'e')
ORDER BY namespace.nspname, class.relname
