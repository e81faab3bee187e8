-- How often rows of each table were changed or removed since the server counts, and in which file its rows lie.
-- A standby counts none of the changes that it replays, so it knows nothing of this.
SELECT s.schemaname AS schema, s.relname AS name,
       concat_ws(':', s.n_tup_upd + s.n_tup_del, pg_catalog.pg_relation_filenode(s.relid), d.stats_reset) AS state
  FROM pg_catalog.pg_stat_user_tables s
  JOIN pg_catalog.pg_class c ON c.oid = s.relid AND c.relkind = 'r'
  JOIN pg_catalog.pg_stat_database d ON d.datname = pg_catalog.current_database()
 WHERE NOT pg_catalog.pg_is_in_recovery()
