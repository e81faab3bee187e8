-- Casts made by users (OIDs from 16384 on; manual, 54.2: FirstNormalObjectId), but for those that come with a range type.
SELECT 'cast' AS kind,
       ARRAY[]::text[] AS path,
       format_type(k.castsource, NULL) || ' as ' || format_type(k.casttarget, NULL) AS signature,
       k.castcontext::text AS context,
       k.castmethod::text AS method,
       nullif(k.castfunc, 0)::regprocedure::text AS function,
       obj_description(k.oid, 'pg_cast') AS comment
  FROM pg_cast k
 WHERE k.oid >= 16384
   AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = 'pg_cast'::regclass AND e.objid = k.oid AND e.deptype IN ('e', 'i'))
