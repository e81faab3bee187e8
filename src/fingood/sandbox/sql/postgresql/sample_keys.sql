-- Foreign keys between tables of a sample; a partition's copy of its root's key is left out (conparentid).
SELECT child_space.nspname, child.relname, parent_space.nspname, parent.relname,
       (SELECT array_agg(attribute.attname::text ORDER BY key.place)
        FROM unnest(constr.conkey) WITH ORDINALITY AS key (attnum, place)
        JOIN pg_catalog.pg_attribute AS attribute
          ON attribute.attrelid = constr.conrelid AND attribute.attnum = key.attnum),
       (SELECT array_agg(attribute.attname::text ORDER BY key.place)
        FROM unnest(constr.confkey) WITH ORDINALITY AS key (attnum, place)
        JOIN pg_catalog.pg_attribute AS attribute
          ON attribute.attrelid = constr.confrelid AND attribute.attnum = key.attnum),
       (SELECT array_agg(format_type(attribute.atttypid, attribute.atttypmod) ORDER BY key.place)
        FROM unnest(constr.confkey) WITH ORDINALITY AS key (attnum, place)
        JOIN pg_catalog.pg_attribute AS attribute
          ON attribute.attrelid = constr.confrelid AND attribute.attnum = key.attnum),
       child.relkind = 'p',
       parent.relkind = 'p',
       constr.convalidated
FROM pg_catalog.pg_constraint AS constr
JOIN pg_catalog.pg_class AS child ON child.oid = constr.conrelid
JOIN pg_catalog.pg_namespace AS child_space ON child_space.oid = child.relnamespace
JOIN pg_catalog.pg_class AS parent ON parent.oid = constr.confrelid
JOIN pg_catalog.pg_namespace AS parent_space ON parent_space.oid = parent.relnamespace
WHERE constr.contype = 'f'
  AND constr.conparentid = 0
ORDER BY 1, 2, constr.conname
