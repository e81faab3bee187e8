-- Default privileges.
SELECT 'default privileges' AS kind,
       ARRAY[coalesce(n.nspname, '(every schema)')::text, pg_get_userbyid(d.defaclrole)::text,
             CASE d.defaclobjtype WHEN 'r' THEN 'tables' WHEN 'S' THEN 'sequences' WHEN 'f' THEN 'functions'
                                  WHEN 'T' THEN 'types' WHEN 'n' THEN 'schemas' ELSE d.defaclobjtype::text END] AS path,
       (SELECT string_agg(x::text, ', ' ORDER BY x::text) FROM unnest(d.defaclacl) x) AS grants
  FROM pg_default_acl d
  LEFT JOIN pg_namespace n ON n.oid = d.defaclnamespace
