-- Columns that rows can be made for, with base types (domains and arrays resolved), enum labels and room.
WITH RECURSIVE base AS (
       SELECT t.oid, t.oid AS at, t.typbasetype, t.typtype, t.typtypmod AS typmod, t.typnotnull AS required FROM pg_type t
       UNION ALL
       SELECT b.oid, t.oid, t.typbasetype, t.typtype, greatest(b.typmod, t.typtypmod), b.required OR t.typnotnull
         FROM base b JOIN pg_type t ON t.oid = b.typbasetype
        WHERE b.typtype = 'd'
)
SELECT n.nspname::text AS schema,
       c.relname::text AS "table",
       a.attname::text AS name,
       el.typname::text AS type,
       el.typtype::text AS typtype,
       bt.typcategory = 'A' AND bt.typelem <> 0 AS is_array,
       CASE WHEN a.atttypmod >= 0 THEN a.atttypmod ELSE b.typmod END AS typmod,
       a.attnotnull OR b.required AS required,
       d.oid IS NOT NULL AND pg_get_expr(d.adbin, d.adrelid) LIKE 'nextval(%' AS counts,
       a.attidentity <> '' AS identity,
       a.attgenerated <> '' AS generated,
       ARRAY(SELECT e.enumlabel::text FROM pg_enum e WHERE e.enumtypid = el.oid ORDER BY e.enumsortorder) AS labels,
       -- No index finds a domain's checks (contypid), so the columns of plain types do without the search.
       CASE WHEN b.at = b.oid THEN '{}' ELSE
            ARRAY(SELECT pg_get_constraintdef(k.oid) FROM pg_constraint k WHERE k.contypid = a.atttypid) END AS checks
  FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  JOIN base b ON b.oid = a.atttypid AND b.typtype <> 'd'
  JOIN pg_type bt ON bt.oid = b.at
  JOIN pg_type el ON el.oid = CASE WHEN bt.typcategory = 'A' AND bt.typelem <> 0 THEN bt.typelem ELSE bt.oid END
  LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
 WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND a.attrelid >= 16384
   AND n.nspname NOT IN ('pg_catalog', 'information_schema')
   AND n.nspname !~ '^pg_(toast|temp)'
   AND NOT EXISTS (SELECT FROM pg_depend e
                    WHERE e.classid = 'pg_class'::regclass AND e.objid = c.oid AND e.deptype = 'e')
 ORDER BY 1, 2, a.attnum
