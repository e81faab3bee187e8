-- Large objects: how many, and whose.
SELECT 'large objects' AS kind,
       ARRAY[pg_get_userbyid(m.lomowner)::text] AS path,
       count(*) AS count
  FROM pg_largeobject_metadata m
 GROUP BY m.lomowner
