-- Publications with their tables and schemas; row filters, column lists and schemas are 15+.
SELECT 'publication' AS kind,
       ARRAY[p.pubname::text] AS path,
       (to_jsonb(p) - 'oid' - 'pubname' - 'pubowner')::text AS options,
       (SELECT string_agg(concat_ws(' ', t.schemaname || '.' || t.tablename, to_jsonb(t) -> 'attnames',
                                    to_jsonb(t) ->> 'rowfilter'), ', ' ORDER BY t.schemaname, t.tablename)
          FROM pg_publication_tables t WHERE t.pubname = p.pubname AND NOT p.puballtables) AS tables,
       (SELECT string_agg(n.nspname::text, ', ' ORDER BY n.nspname)
          FROM pg_publication_namespace s JOIN pg_namespace n ON n.oid = s.pnnspid WHERE s.pnpubid = p.oid) AS schemas,
       pg_get_userbyid(p.pubowner)::text AS owner,
       obj_description(p.oid, 'pg_publication') AS comment
  FROM pg_publication p
