-- Published tables whose rows cannot be named to a subscriber: every UPDATE and DELETE fails.
SELECT p.schemaname::text AS schema, p.tablename::text AS name, string_agg(p.pubname::text, ', ') AS publications
FROM pg_catalog.pg_publication_tables p
JOIN pg_catalog.pg_namespace n ON n.nspname = p.schemaname
JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = p.tablename
JOIN pg_catalog.pg_publication u ON u.pubname = p.pubname AND (u.pubupdate OR u.pubdelete)
WHERE c.relreplident = 'n'
   OR (c.relreplident = 'd' AND NOT EXISTS (SELECT FROM pg_catalog.pg_index x
                                            WHERE x.indrelid = c.oid AND x.indisprimary))
GROUP BY 1, 2
ORDER BY 1, 2
