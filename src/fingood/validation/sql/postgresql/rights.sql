-- Relations that this role cannot read whole: no SELECT, SELECT on some columns only, or rows that policies may hide.
-- row_security_active: 9.27 of the manual, since 9.5; false for owners (unless forced), superusers and BYPASSRLS.
SELECT * FROM (
       SELECT n.nspname::text AS schema,
              c.relname::text AS name,
              has_schema_privilege(n.oid, 'USAGE') AND has_any_column_privilege(c.oid, 'SELECT') AS readable,
              c.relkind IN ('r', 'p') AND row_security_active(c.oid) AS filtered,
              CASE WHEN has_table_privilege(c.oid, 'SELECT') THEN '{}'::text[] ELSE ARRAY(
                   SELECT a.attname::text FROM pg_attribute a
                    WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
                      AND NOT has_column_privilege(c.oid, a.attnum, 'SELECT') ORDER BY a.attnum) END AS hidden,
              has_table_privilege(c.oid, 'SELECT') AS whole
         FROM pg_class c
         JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
          AND n.nspname !~ '^pg_(toast|temp)'
       ) seen
 WHERE NOT readable OR NOT whole OR filtered
 ORDER BY schema, name
