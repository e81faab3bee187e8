-- Large objects: how many, and whose; of those that have any, grants and comments. Their contents are data.
SELECT 'large objects' AS kind,
       ARRAY[pg_get_userbyid(m.lomowner)::text] AS path,
       count(*) AS count,
       string_agg(m.oid || ' ' || m.lomacl::text, ', ' ORDER BY m.oid) AS grants,
       string_agg(m.oid || ' ' || obj_description(m.oid, 'pg_largeobject'), ', ' ORDER BY m.oid) AS comments
  FROM pg_largeobject_metadata m
 GROUP BY m.lomowner
