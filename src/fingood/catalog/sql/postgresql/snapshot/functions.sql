-- Functions, procedures and aggregates (pg_get_functiondef refuses aggregates).
SELECT CASE p.prokind WHEN 'p' THEN 'procedure' WHEN 'a' THEN 'aggregate' ELSE 'function' END AS kind,
       ARRAY[n.nspname::text, p.proname::text] AS path,
       '(' || pg_get_function_identity_arguments(p.oid) || ')' AS signature,
       CASE WHEN p.prokind <> 'a' THEN pg_get_functiondef(p.oid)
            ELSE (SELECT concat_ws(', ',
                         'SFUNC = ' || a.aggtransfn,
                         'STYPE = ' || a.aggtranstype::regtype,
                         'SSPACE = ' || nullif(a.aggtransspace, 0),
                         'FINALFUNC = ' || nullif(a.aggfinalfn::oid, 0)::regproc,
                         CASE WHEN a.aggfinalextra THEN 'FINALFUNC_EXTRA' END,
                         'FINALFUNC_MODIFY = ' || CASE a.aggfinalmodify WHEN 'r' THEN 'READ_ONLY' WHEN 's' THEN 'SHAREABLE'
                                                                        ELSE 'READ_WRITE' END,
                         'COMBINEFUNC = ' || nullif(a.aggcombinefn::oid, 0)::regproc,
                         'SERIALFUNC = ' || nullif(a.aggserialfn::oid, 0)::regproc,
                         'DESERIALFUNC = ' || nullif(a.aggdeserialfn::oid, 0)::regproc,
                         'INITCOND = ' || quote_literal(a.agginitval),
                         'MSFUNC = ' || nullif(a.aggmtransfn::oid, 0)::regproc,
                         'MINVFUNC = ' || nullif(a.aggminvtransfn::oid, 0)::regproc,
                         'MSTYPE = ' || nullif(a.aggmtranstype, 0)::regtype,
                         'MSSPACE = ' || nullif(a.aggmtransspace, 0),
                         'MFINALFUNC = ' || nullif(a.aggmfinalfn::oid, 0)::regproc,
                         CASE WHEN a.aggmfinalextra THEN 'MFINALFUNC_EXTRA' END,
                         'MINITCOND = ' || quote_literal(a.aggminitval),
                         (SELECT 'SORTOP = OPERATOR(' || quote_ident(n2.nspname) || '.' || o.oprname || ')'
                            FROM pg_operator o JOIN pg_namespace n2 ON n2.oid = o.oprnamespace WHERE o.oid = a.aggsortop),
                         'PARALLEL = ' || CASE p.proparallel WHEN 's' THEN 'SAFE' WHEN 'r' THEN 'RESTRICTED'
                                                             ELSE 'UNSAFE' END,
                         CASE a.aggkind WHEN 'h' THEN 'HYPOTHETICAL' END)
                    FROM pg_aggregate a WHERE a.aggfnoid = p.oid) END AS definition,
       pg_get_userbyid(p.proowner)::text AS owner,
       (SELECT string_agg(x::text, ', ' ORDER BY x::text)
          FROM unnest(coalesce(p.proacl, acldefault('f', p.proowner))) x) AS grants,
       (SELECT said.description FROM pg_description said
         WHERE said.objoid = p.oid AND said.classoid = 'pg_proc'::regclass AND said.objsubid = 0) AS comment
  FROM pg_proc p
  JOIN pg_namespace n ON n.oid = p.pronamespace
 WHERE n.nspname NOT IN ('pg_catalog', 'information_schema')
   AND n.nspname !~ '^pg_(toast|temp)'
   AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = 'pg_proc'::regclass AND e.objid = p.oid AND e.deptype = 'e')
   AND NOT EXISTS (SELECT FROM pg_depend i WHERE i.classid = 'pg_proc'::regclass AND i.objid = p.oid AND i.deptype = 'i')
