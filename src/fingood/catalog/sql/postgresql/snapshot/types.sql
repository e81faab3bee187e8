-- Types that are not a table's row type, an array or a multirange: enums with their labels in order, domains,
-- composites, ranges, base types.
SELECT CASE t.typtype WHEN 'e' THEN 'enum' WHEN 'd' THEN 'domain' WHEN 'c' THEN 'composite type'
                      WHEN 'r' THEN 'range' ELSE 'type' END AS kind,
       ARRAY[n.nspname::text, t.typname::text] AS path,
       (SELECT string_agg(quote_literal(e.enumlabel), ', ' ORDER BY e.enumsortorder)
          FROM pg_enum e WHERE e.enumtypid = t.oid) AS labels,
       CASE WHEN t.typtype = 'd' THEN format_type(t.typbasetype, t.typtypmod) END AS base,
       CASE WHEN t.typtype = 'd' THEN NOT t.typnotnull END AS nullable,
       t.typdefault AS "default",
       CASE WHEN t.typtype = 'd' AND t.typcollation <> 0
            THEN t.typcollation::regcollation::text END AS collation,
       (SELECT string_agg(concat_ws(' ', quote_ident(a.attname), format_type(a.atttypid, a.atttypmod),
                                    CASE WHEN a.attcollation <> 0 AND a.attcollation <> (SELECT o.typcollation FROM pg_type o
                                                                                          WHERE o.oid = a.atttypid)
                                         THEN 'COLLATE ' || a.attcollation::regcollation END),
                          ', ' ORDER BY a.attnum)
          FROM pg_attribute a
         WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped) AS attributes,
       (SELECT json_object_agg(a.attname, col_description(t.typrelid, a.attnum) ORDER BY a.attnum)::text
          FROM pg_attribute a
         WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped
           AND col_description(t.typrelid, a.attnum) IS NOT NULL) AS "attribute comments",
       (SELECT concat_ws(', ', 'SUBTYPE = ' || r.rngsubtype::regtype,
                         'SUBTYPE_OPCLASS = ' || quote_ident(cn.nspname) || '.' || quote_ident(o.opcname),
                         'COLLATION = ' || nullif(r.rngcollation, 0)::regcollation,
                         'CANONICAL = ' || nullif(r.rngcanonical::oid, 0)::regproc,
                         'SUBTYPE_DIFF = ' || nullif(r.rngsubdiff::oid, 0)::regproc)
          FROM pg_range r
          JOIN pg_opclass o ON o.oid = r.rngsubopc
          JOIN pg_namespace cn ON cn.oid = o.opcnamespace
         WHERE r.rngtypid = t.oid) AS subtype,
       CASE WHEN t.typtype IN ('b', 'p') THEN concat_ws(' ', t.typlen, t.typinput, t.typoutput, t.typisdefined)
            END AS definition,
       pg_get_userbyid(t.typowner)::text AS owner,
       (SELECT string_agg(x::text, ', ' ORDER BY x::text)
          FROM unnest(coalesce(t.typacl, acldefault('T', t.typowner))) x) AS grants,
       (SELECT said.description FROM pg_description said
         WHERE said.objoid = t.oid AND said.classoid = 'pg_type'::regclass AND said.objsubid = 0) AS comment
  FROM pg_type t
  JOIN pg_namespace n ON n.oid = t.typnamespace
  LEFT JOIN pg_class c ON c.oid = t.typrelid
 WHERE n.nspname NOT IN ('pg_catalog', 'information_schema')
   AND n.nspname !~ '^pg_(toast|temp)'
   AND (t.typrelid = 0 OR c.relkind = 'c')
   AND t.typtype IN ('e', 'd', 'c', 'r', 'b', 'p')
   AND NOT EXISTS (SELECT FROM pg_type el WHERE el.typarray = t.oid)
   AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = 'pg_type'::regclass AND e.objid = t.oid AND e.deptype = 'e')
