-- Event triggers.
SELECT 'event trigger' AS kind,
       ARRAY[t.evtname::text] AS path,
       t.evtevent::text AS event,
       t.evtfoid::regprocedure::text AS function,
       t.evtenabled::text AS enabled,
       (SELECT string_agg(tag, ', ' ORDER BY tag) FROM unnest(t.evttags) tag) AS tags,
       pg_get_userbyid(t.evtowner)::text AS owner,
       obj_description(t.oid, 'pg_event_trigger') AS comment
  FROM pg_event_trigger t
 WHERE NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = 'pg_event_trigger'::regclass AND e.objid = t.oid AND e.deptype = 'e')
