-- Foreign data wrappers, servers and user mappings (names only: mapping options hold passwords).
SELECT 'foreign data wrapper' AS kind,
       ARRAY[w.fdwname::text] AS path,
       (SELECT string_agg(split_part(o, '=', 1), ', ' ORDER BY o) FROM unnest(w.fdwoptions) o) AS options,
       concat_ws(' ', 'HANDLER ' || nullif(w.fdwhandler, 0)::regproc, 'VALIDATOR ' || nullif(w.fdwvalidator, 0)::regproc) AS definition,
       pg_get_userbyid(w.fdwowner)::text AS owner,
       (SELECT string_agg(x::text, ', ' ORDER BY x::text)
          FROM unnest(coalesce(w.fdwacl, acldefault('F', w.fdwowner))) x) AS grants
  FROM pg_foreign_data_wrapper w
 WHERE NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = 'pg_foreign_data_wrapper'::regclass AND e.objid = w.oid AND e.deptype = 'e')
UNION ALL
SELECT 'foreign server',
       ARRAY[s.srvname::text],
       (SELECT string_agg(o, ', ' ORDER BY o) FROM unnest(s.srvoptions) o WHERE o !~* '^[^=]*(pass|secret|token)'),
       concat_ws(' ', 'TYPE ' || quote_literal(s.srvtype), 'VERSION ' || quote_literal(s.srvversion),
                 'FOREIGN DATA WRAPPER ' || quote_ident(w.fdwname)),
       pg_get_userbyid(s.srvowner)::text,
       (SELECT string_agg(x::text, ', ' ORDER BY x::text)
          FROM unnest(coalesce(s.srvacl, acldefault('S', s.srvowner))) x) AS grants
  FROM pg_foreign_server s
  JOIN pg_foreign_data_wrapper w ON w.oid = s.srvfdw
UNION ALL
SELECT 'user mapping',
       ARRAY[m.srvname::text, coalesce(m.usename, 'public')::text],
       NULL, NULL, NULL, NULL
  FROM pg_user_mappings m
