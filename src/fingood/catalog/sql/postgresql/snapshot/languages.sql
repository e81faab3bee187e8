-- Procedural languages that no extension brought.
SELECT 'language' AS kind,
       ARRAY[l.lanname::text] AS path,
       l.lanpltrusted AS trusted,
       concat_ws(' ', 'HANDLER ' || nullif(l.lanplcallfoid, 0)::regproc, 'INLINE ' || nullif(l.laninline, 0)::regproc,
                 'VALIDATOR ' || nullif(l.lanvalidator, 0)::regproc) AS definition,
       pg_get_userbyid(l.lanowner)::text AS owner,
       (SELECT string_agg(x::text, ', ' ORDER BY x::text)
          FROM unnest(coalesce(l.lanacl, acldefault('l', l.lanowner))) x) AS grants,
       obj_description(l.oid, 'pg_language') AS comment
  FROM pg_language l
 WHERE l.lanispl
   AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = 'pg_language'::regclass AND e.objid = l.oid AND e.deptype = 'e')
