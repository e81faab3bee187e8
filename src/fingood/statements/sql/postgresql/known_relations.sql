-- The relations that exist now, one a line: oid, kind, schema, name. Names are hex of the database's own encoding: no
-- client encoding can fail on them. Lines of plain text because building JSON of a thousand rows takes twice as long.
SELECT
    pg_catalog.getdatabaseencoding(),
    (
        SELECT pg_catalog.string_agg(
            pg_catalog.encode(
                pg_catalog.convert_to(schema::pg_catalog.text, pg_catalog.getdatabaseencoding()), 'hex'
            ), ' ' ORDER BY place
        )
        FROM pg_catalog.unnest(pg_catalog.current_schemas(false)) WITH ORDINALITY AS path (schema, place)
    ),
    (
        SELECT pg_catalog.string_agg(
            c.oid || ' ' || c.relkind::pg_catalog.text || ' ' || n.hex || ' ' || pg_catalog.encode(
                pg_catalog.convert_to(c.relname::pg_catalog.text, pg_catalog.getdatabaseencoding()), 'hex'
            ), E'\n'
        )
        FROM pg_catalog.pg_class AS c
        JOIN (
            SELECT
                oid,
                pg_catalog.encode(
                    pg_catalog.convert_to(nspname::pg_catalog.text, pg_catalog.getdatabaseencoding()), 'hex'
                ) AS hex
            FROM pg_catalog.pg_namespace
            WHERE nspname <> 'pg_toast'
        ) AS n ON n.oid = c.relnamespace
        WHERE c.oid >= 16384
            AND c.relpersistence <> 't'
            AND c.relkind IN ('r', 'p', 'm', 'f', 'v', 'S', 'i', 'I')
    )
