-- The words for what a difference of definitions holds: types as lines of oid, modifier, text; constraints as lines of
-- oid, text. The texts are hex of the database's own encoding.
SELECT
    (
        SELECT pg_catalog.string_agg(
            t.type || ' ' || t.modifier || ' ' || pg_catalog.encode(
                pg_catalog.convert_to(
                    pg_catalog.format_type(t.type, t.modifier), pg_catalog.getdatabaseencoding()
                ), 'hex'
            ), E'\n'
        )
        FROM ROWS FROM (
            pg_catalog.unnest('{types}'::pg_catalog.oid[]), pg_catalog.unnest('{modifiers}'::pg_catalog.int4[])
        ) AS t (type, modifier)
    ),
    (
        SELECT pg_catalog.string_agg(
            k.oid || ' ' || pg_catalog.encode(
                pg_catalog.convert_to(pg_catalog.pg_get_constraintdef(k.oid), pg_catalog.getdatabaseencoding()), 'hex'
            ), E'\n'
        )
        FROM pg_catalog.pg_constraint AS k
        WHERE k.oid = ANY ('{constraints}'::pg_catalog.oid[])
    ),
    pg_catalog.getdatabaseencoding()
