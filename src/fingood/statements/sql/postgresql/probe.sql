-- What this backend holds and has done up to now; the difference of two probes is what ran between them. Locks are
-- lines of oid and mode, tables lines of oid, file, scans, rows read, rows changed.
-- Counters are those already reported plus those not yet reported, so that a report in between changes nothing. Before
-- 15 reporting takes its time and only what is not yet reported counts.
SELECT
    pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_insert_lsn(), '0/0')::pg_catalog.text,
    (
        SELECT pg_catalog.string_agg(l.relation || ' ' || l.mode, E'\n')
        FROM pg_catalog.pg_locks AS l
        WHERE l.pid = pg_catalog.pg_backend_pid()
            AND l.locktype = 'relation'
            AND l.granted
            AND l.mode <> 'SIReadLock'
            AND l.relation >= 16384
    ),
    (
        SELECT pg_catalog.string_agg(
            c.oid || ' ' || c.relfilenode || ' ' || (
                reported.counted * pg_catalog.pg_stat_get_numscans(c.oid)
                + pg_catalog.pg_stat_get_xact_numscans(c.oid)
            ) || ' ' || (
                reported.counted * pg_catalog.pg_stat_get_tuples_returned(c.oid)
                + pg_catalog.pg_stat_get_xact_tuples_returned(c.oid)
            ) || ' ' || (
                reported.counted * (
                    pg_catalog.pg_stat_get_tuples_inserted(c.oid)
                    + pg_catalog.pg_stat_get_tuples_updated(c.oid)
                    + pg_catalog.pg_stat_get_tuples_deleted(c.oid)
                )
                + pg_catalog.pg_stat_get_xact_tuples_inserted(c.oid)
                + pg_catalog.pg_stat_get_xact_tuples_updated(c.oid)
                + pg_catalog.pg_stat_get_xact_tuples_deleted(c.oid)
            ), E'\n'
        )
        FROM pg_catalog.pg_class AS c
        CROSS JOIN (
            SELECT (pg_catalog.current_setting('server_version_num')::pg_catalog.int4 >= 150000)::pg_catalog.int4
        ) AS reported (counted)
        WHERE c.oid >= 16384 AND c.relkind IN ('r', 'm') AND c.relpersistence <> 't'
    )
