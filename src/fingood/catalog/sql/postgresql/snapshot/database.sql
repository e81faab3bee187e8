-- The database itself: its comment, and settings by role and database.
SELECT 'database' AS kind,
       ARRAY['current']::text[] AS path,
       shobj_description(d.oid, 'pg_database') AS comment,
       (SELECT string_agg(x::text, ', ' ORDER BY x::text)
          FROM unnest(coalesce(d.datacl, acldefault('d', d.datdba))) x) AS grants,
       (SELECT string_agg(coalesce(pg_get_userbyid(nullif(s.setrole, 0)), 'everybody') || ': '
                          || array_to_string(s.setconfig, ', '), '; '
                          ORDER BY s.setrole = 0 DESC, pg_get_userbyid(nullif(s.setrole, 0)))
          FROM pg_db_role_setting s WHERE s.setdatabase = d.oid) AS settings
  FROM pg_database d
 WHERE d.datname = current_database()
