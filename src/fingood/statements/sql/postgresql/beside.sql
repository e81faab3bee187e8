-- What another backend holds or waits for at this moment: locks as lines of oid and mode, granted or not, and whether it
-- waits for other transactions to end.
SELECT
    pg_catalog.string_agg(l.relation || ' ' || l.mode, E'\n') FILTER (
        WHERE l.locktype = 'relation' AND l.relation >= 16384 AND l.mode <> 'SIReadLock'
    ),
    pg_catalog.bool_or(l.locktype = 'virtualxid' AND NOT l.granted)::pg_catalog.text,
    ''
FROM pg_catalog.pg_locks AS l
WHERE l.pid = {pid}
