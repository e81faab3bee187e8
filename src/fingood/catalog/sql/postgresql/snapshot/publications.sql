-- Publications with their tables and schemas; row filters, column lists and schemas are 15+.
SELECT 'publication' AS kind,
       ARRAY[p.pubname::text] AS path,
       (to_jsonb(p) - 'oid' - 'pubname' - 'pubowner')::text AS options,
       (SELECT string_agg(concat_ws(' ', quote_ident(tn.nspname) || '.' || quote_ident(t.relname),
                   (SELECT '(' || string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) || ')'
                      FROM pg_attribute a WHERE a.attrelid = r.prrelid AND a.attnum = ANY (r.prattrs::int2[])),
                   'WHERE (' || pg_get_expr(r.prqual, r.prrelid) || ')'), ', ' ORDER BY tn.nspname, t.relname)
          FROM pg_publication_rel r
          JOIN pg_class t ON t.oid = r.prrelid
          JOIN pg_namespace tn ON tn.oid = t.relnamespace
         WHERE r.prpubid = p.oid) AS tables,
       (SELECT string_agg(quote_ident(n.nspname), ', ' ORDER BY n.nspname)
          FROM pg_publication_namespace s JOIN pg_namespace n ON n.oid = s.pnnspid WHERE s.pnpubid = p.oid) AS schemas,
       pg_get_userbyid(p.pubowner)::text AS owner,
       obj_description(p.oid, 'pg_publication') AS comment
  FROM pg_publication p
