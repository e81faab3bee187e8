-- How tables are defined now: columns as lines of table, number, type, modifier, NOT NULL, name; constraints as lines of
-- oid, table, kind, validated, name. The difference of two looks is what ran between them. Names are hex of the
-- database's own encoding. NOT NULL counts with its column, whether or not the server keeps a constraint for it (18).
SELECT
    (
        SELECT pg_catalog.string_agg(
            a.attrelid || ' ' || a.attnum || ' ' || a.atttypid || ' ' || a.atttypmod || ' ' || a.attnotnull::pg_catalog.int4
            || ' ' || pg_catalog.encode(
                pg_catalog.convert_to(a.attname::pg_catalog.text, pg_catalog.getdatabaseencoding()), 'hex'
            ), E'\n'
        )
        FROM pg_catalog.pg_attribute AS a
        JOIN pg_catalog.pg_class AS c ON c.oid = a.attrelid
        WHERE c.oid >= 16384
            AND c.relkind IN ('r', 'p', 'f')
            AND c.relpersistence <> 't'
            AND a.attnum > 0
            AND NOT a.attisdropped
    ),
    (
        SELECT pg_catalog.string_agg(
            k.oid || ' ' || k.conrelid || ' ' || k.contype::pg_catalog.text || ' ' || k.convalidated::pg_catalog.int4
            || ' ' || pg_catalog.encode(
                pg_catalog.convert_to(k.conname::pg_catalog.text, pg_catalog.getdatabaseencoding()), 'hex'
            ), E'\n'
        )
        FROM pg_catalog.pg_constraint AS k
        WHERE k.conrelid >= 16384 AND k.contype IN ('c', 'f', 'p', 'u', 'x')
    ),
    ''
