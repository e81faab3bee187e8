-- Default partitions that hold rows: a new partition for their range cannot be attached.
SELECT n.nspname::text AS schema, c.relname::text AS name, p.relname::text AS parent,
       greatest(c.reltuples, s.n_live_tup)::bigint AS value
FROM pg_catalog.pg_partitioned_table k
JOIN pg_catalog.pg_class c ON c.oid = k.partdefid
JOIN pg_catalog.pg_class p ON p.oid = k.partrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_stat_user_tables s ON s.relid = c.oid
