-- Text search configurations with their mappings, and dictionaries with their options.
SELECT 'text search configuration' AS kind,
       ARRAY[n.nspname::text, k.cfgname::text] AS path,
       (SELECT string_agg(m.maptokentype || ' ' || m.mapseqno || ' ' || m.mapdict::regdictionary, ', '
                          ORDER BY m.maptokentype, m.mapseqno)
          FROM pg_ts_config_map m WHERE m.mapcfg = k.oid) AS definition,
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
       concat_ws(' ', t.tmplname, k.dictinitoption),
       pg_get_userbyid(k.dictowner)::text,
       obj_description(k.oid, 'pg_ts_dict')
  FROM pg_ts_dict k
  JOIN pg_namespace n ON n.oid = k.dictnamespace
  JOIN pg_ts_template t ON t.oid = k.dicttemplate
 WHERE n.nspname NOT IN ('pg_catalog', 'information_schema')
   AND n.nspname !~ '^pg_(toast|temp)'
   AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = 'pg_ts_dict'::regclass AND e.objid = k.oid AND e.deptype = 'e')
