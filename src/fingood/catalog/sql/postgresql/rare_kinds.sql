-- Which of the rarer kinds of object a user has made at all, by the names of their files: a snapshot of a small schema
-- spends most of its time planning queries that find nothing. OIDs from 16384 on are users' (manual, 51: FirstNormalObjectId).
SELECT ARRAY_REMOVE(ARRAY[
       CASE WHEN EXISTS (SELECT FROM pg_event_trigger) THEN 'event_triggers' END,
       CASE WHEN EXISTS (SELECT FROM pg_rewrite WHERE oid >= 16384 AND rulename <> '_RETURN') THEN 'rules' END,
       CASE WHEN EXISTS (SELECT FROM pg_policy) THEN 'policies' END,
       CASE WHEN EXISTS (SELECT FROM pg_statistic_ext) THEN 'statistics' END,
       CASE WHEN EXISTS (SELECT FROM pg_default_acl) THEN 'default_privileges' END,
       CASE WHEN EXISTS (SELECT FROM pg_publication) THEN 'publications' END,
       CASE WHEN EXISTS (SELECT FROM pg_stat_subscription) THEN 'subscriptions' END,
       CASE WHEN EXISTS (SELECT FROM pg_operator WHERE oid >= 16384) THEN 'operators' END,
       CASE WHEN EXISTS (SELECT FROM pg_opclass WHERE oid >= 16384) THEN 'operator_classes' END,
       CASE WHEN EXISTS (SELECT FROM pg_cast WHERE oid >= 16384) THEN 'casts' END,
       CASE WHEN EXISTS (SELECT FROM pg_collation WHERE oid >= 16384) THEN 'collations' END,
       CASE WHEN EXISTS (SELECT FROM pg_ts_config WHERE oid >= 16384) OR
                 EXISTS (SELECT FROM pg_ts_dict WHERE oid >= 16384) THEN 'text_search' END,
       CASE WHEN EXISTS (SELECT FROM pg_foreign_data_wrapper) THEN 'foreign_servers' END,
       CASE WHEN EXISTS (SELECT FROM pg_largeobject_metadata) THEN 'large_objects' END,
       CASE WHEN EXISTS (SELECT FROM pg_seclabel) OR EXISTS (SELECT FROM pg_shseclabel) THEN 'security_labels' END,
       CASE WHEN EXISTS (SELECT FROM pg_conversion WHERE oid >= 16384) THEN 'conversions' END,
       CASE WHEN EXISTS (SELECT FROM pg_language WHERE oid >= 16384) THEN 'languages' END,
       CASE WHEN EXISTS (SELECT FROM pg_am WHERE oid >= 16384) THEN 'access_methods' END,
       CASE WHEN EXISTS (SELECT FROM pg_trigger) THEN 'triggers' END,
       CASE WHEN EXISTS (SELECT FROM pg_proc WHERE oid >= 16384) THEN 'functions' END,
       CASE WHEN EXISTS (SELECT FROM pg_class WHERE oid >= 16384 AND relkind = 'c') OR
                 EXISTS (SELECT FROM pg_type t
                          WHERE t.oid >= 16384
                            AND (t.typtype IN ('e', 'd', 'r', 'p') OR
                                 t.typtype = 'b' AND NOT EXISTS (SELECT FROM pg_type el
                                                                  WHERE el.oid = t.typelem AND el.typarray = t.oid)))
            THEN 'types' END
       ], NULL) AS kinds
