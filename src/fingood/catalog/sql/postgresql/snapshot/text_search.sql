-- Text search configurations with their mappings, and dictionaries with their options.
SELECT 'text search configuration' AS kind,
       ARRAY[n.nspname::text, k.cfgname::text] AS path,
       (SELECT string_agg(x.mapping, '; ' ORDER BY x.mapping)
          FROM (SELECT y.alias || ' WITH ' || string_agg(m.mapdict::regdictionary::text, ', ' ORDER BY m.mapseqno) AS mapping
                  FROM pg_ts_config_map m
                  JOIN ts_token_type(k.cfgparser) y ON y.tokid = m.maptokentype
                 WHERE m.mapcfg = k.oid
                 GROUP BY y.alias) x) AS definition,
       (SELECT quote_ident(pn.nspname) || '.' || quote_ident(p.prsname)
          FROM pg_ts_parser p JOIN pg_namespace pn ON pn.oid = p.prsnamespace WHERE p.oid = k.cfgparser) AS parser,
       pg_get_userbyid(k.cfgowner)::text AS owner,
       obj_description(k.oid, 'pg_ts_config') AS comment
  FROM pg_ts_config k
  JOIN pg_namespace n ON n.oid = k.cfgnamespace
 WHERE n.nspname NOT IN ('pg_catalog', 'information_schema')
   AND n.nspname !~ '^pg_(toast|temp)'
   AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = 'pg_ts_config'::regclass AND e.objid = k.oid AND e.deptype = 'e')
UNION ALL
SELECT 'text search dictionary',
       ARRAY[n.nspname::text, k.dictname::text],
       concat_ws(' ', (SELECT quote_ident(tn.nspname) FROM pg_namespace tn WHERE tn.oid = t.tmplnamespace)
                      || '.' || quote_ident(t.tmplname), k.dictinitoption),
       NULL,
       pg_get_userbyid(k.dictowner)::text,
       obj_description(k.oid, 'pg_ts_dict')
  FROM pg_ts_dict k
  JOIN pg_namespace n ON n.oid = k.dictnamespace
  JOIN pg_ts_template t ON t.oid = k.dicttemplate
 WHERE n.nspname NOT IN ('pg_catalog', 'information_schema')
   AND n.nspname !~ '^pg_(toast|temp)'
   AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = 'pg_ts_dict'::regclass AND e.objid = k.oid AND e.deptype = 'e')
