-- Extended statistics. stxstattarget is 13+ and NULL where not set from 17.
SELECT 'statistics' AS kind,
       ARRAY[n.nspname::text, s.stxname::text] AS path,
       ARRAY[tn.nspname::text, c.relname::text] AS "of",
       pg_get_statisticsobjdef(s.oid) AS definition,
       nullif(to_jsonb(s) ->> 'stxstattarget', '-1') AS target,
       pg_get_userbyid(s.stxowner)::text AS owner,
       obj_description(s.oid, 'pg_statistic_ext') AS comment
  FROM pg_statistic_ext s
  JOIN pg_namespace n ON n.oid = s.stxnamespace
  JOIN pg_class c ON c.oid = s.stxrelid
  JOIN pg_namespace tn ON tn.oid = c.relnamespace
 WHERE n.nspname NOT IN ('pg_catalog', 'information_schema')
   AND n.nspname !~ '^pg_(toast|temp)'
