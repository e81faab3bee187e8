-- Functions, procedures and aggregates (pg_get_functiondef refuses aggregates).
SELECT CASE p.prokind WHEN 'p' THEN 'procedure' WHEN 'a' THEN 'aggregate' ELSE 'function' END AS kind,
       ARRAY[n.nspname::text, p.proname::text] AS path,
       '(' || pg_get_function_identity_arguments(p.oid) || ')' AS signature,
       CASE WHEN p.prokind <> 'a' THEN pg_get_functiondef(p.oid)
            ELSE (SELECT concat_ws(' ', a.aggkind, a.aggnumdirectargs, a.aggtransfn, a.aggfinalfn, a.aggcombinefn,
                                   a.aggserialfn, a.aggdeserialfn, a.aggmtransfn, a.aggminvtransfn, a.aggmfinalfn,
                                   a.aggfinalmodify, a.aggsortop::regoperator, a.aggtranstype::regtype, a.agginitval,
                                   'parallel ' || p.proparallel::text)
                    FROM pg_aggregate a WHERE a.aggfnoid = p.oid) END AS definition,
       pg_get_userbyid(p.proowner)::text AS owner,
       (SELECT string_agg(x::text, ', ' ORDER BY x::text)
          FROM unnest(coalesce(p.proacl, acldefault('f', p.proowner))) x) AS grants,
       obj_description(p.oid, 'pg_proc') AS comment
  FROM pg_proc p
  JOIN pg_namespace n ON n.oid = p.pronamespace
 WHERE n.nspname NOT IN ('pg_catalog', 'information_schema')
   AND n.nspname !~ '^pg_(toast|temp)'
   AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = 'pg_proc'::regclass AND e.objid = p.oid AND e.deptype = 'e')
   AND NOT EXISTS (SELECT FROM pg_depend i WHERE i.classid = 'pg_proc'::regclass AND i.objid = p.oid AND i.deptype = 'i')
