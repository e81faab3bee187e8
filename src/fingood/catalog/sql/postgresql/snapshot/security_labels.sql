-- Security labels.
SELECT 'security label' AS kind,
       ARRAY[]::text[] AS path,
       concat_ws(' ', s.provider, s.objtype, s.objname) AS signature,
       s.label AS label
  FROM pg_seclabels s
