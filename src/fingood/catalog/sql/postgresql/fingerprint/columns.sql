-- What a fingerprint needs to know of every column: its base type (domains resolved), the length or precision declared
-- by it or by its domain, and its place in the key.
-- Partitions are read through their root (relispartition is false there) unless they are asked for by name, foreign
-- tables hold nothing of ours, and a generated column follows from the others.
-- Large objects are rows of a catalog, a page of 2 kB each; whether they may be read differs (manual, 53.30).
-- NOT NULL that was never validated (18 on) may hide NULLs.
WITH RECURSIVE base AS (
       SELECT t.oid, t.oid AS at, t.typbasetype, t.typtype, t.typtypmod AS modifier FROM pg_type t
       UNION ALL
       SELECT b.oid, t.oid, t.typbasetype, t.typtype, CASE WHEN b.modifier < 0 THEN t.typtypmod ELSE b.modifier END
         FROM base b JOIN pg_type t ON t.oid = b.typbasetype
        WHERE b.typtype = 'd'
)
SELECT n.nspname::text AS schema,
       c.relname::text AS "table",
       c.relkind = 'p' AS partitioned,
       a.attname::text AS name,
       bt.typname::text AS type,
       bt.typtype::text AS typtype,
       bt.typnamespace = 'pg_catalog'::regnamespace AS builtin,
       a.attnotnull AND NOT EXISTS (SELECT FROM pg_constraint v
                                     WHERE v.conrelid = c.oid AND v.contype = 'n' AND NOT v.convalidated
                                       AND v.conkey = ARRAY[a.attnum]) AS required,
       format_type(a.atttypid, a.atttypmod) AS declared,
       CASE WHEN a.atttypmod < 0 THEN b.modifier ELSE a.atttypmod END AS modifier,
       NULLIF(a.attcollation, 0)::regcollation::text AS collation,
       CASE WHEN c.oid = 'pg_largeobject'::regclass THEN array_position('{loid,pageno}', a.attname)
            ELSE array_position(k.conkey, a.attnum) END AS place,
       c.oid <> 'pg_largeobject'::regclass OR has_table_privilege(c.oid, 'SELECT') AS readable
  FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  LEFT JOIN base b ON b.oid = a.atttypid AND b.typtype <> 'd'
  LEFT JOIN pg_type bt ON bt.oid = b.at
  LEFT JOIN pg_constraint k ON k.conrelid = c.oid AND k.contype = 'p'
 WHERE c.relkind IN ('r', 'p') AND (NOT c.relispartition OR c.oid = ANY (:partitions))
   AND n.nspname NOT IN ('pg_catalog', 'information_schema')
   AND n.nspname !~ '^pg_(toast|temp)'
   AND NOT EXISTS (SELECT FROM pg_depend e
                    WHERE e.classid = 'pg_class'::regclass AND e.objid = c.oid AND e.deptype = 'e')
    OR c.oid = 'pg_largeobject'::regclass AND EXISTS (SELECT FROM pg_largeobject_metadata)
 ORDER BY 1, 2, a.attnum
