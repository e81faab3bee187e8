-- Subscriptions of this database: names and state, never the connection string.
SELECT 'subscription' AS kind,
       ARRAY[s.subname::text] AS path,
       s.subenabled AS enabled,
       s.subslotname::text AS slot,
       array_to_string(s.subpublications, ', ') AS publications,
       pg_get_userbyid(s.subowner)::text AS owner
  FROM pg_subscription s
  JOIN pg_database d ON d.oid = s.subdbid
 WHERE d.datname = current_database()
