"""One property of the catalog changed by hand: the snapshot names the object and the property, and nothing else."""

from __future__ import annotations

import pytest

from fingood.catalog import compare_snapshots, connect, take_snapshot

SCHEMA = """
CREATE TABLE t (id int PRIMARY KEY, c0 text, n int NOT NULL DEFAULT 1);
CREATE TABLE r (id int PRIMARY KEY, t int REFERENCES t, CONSTRAINT ck CHECK (id > 0));
CREATE TABLE p (id int NOT NULL, at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE INDEX ix ON r (t);
CREATE VIEW v AS SELECT id FROM t;
CREATE MATERIALIZED VIEW m AS SELECT id FROM t;
CREATE SEQUENCE s;
CREATE TYPE mood AS ENUM ('sad', 'glad');
CREATE DOMAIN cents AS numeric CHECK (VALUE >= 0);
CREATE FUNCTION f(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1';
CREATE TRIGGER g BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger();
CREATE POLICY own ON t USING (id > 0);
CREATE STATISTICS seen ON id, n FROM t;
CREATE RULE quiet AS ON DELETE TO r DO INSTEAD NOTHING;
"""
# A change, and each (kind, object, property) that it is; no property where an object came or went.
CHANGES = (
    ("ALTER TABLE t ALTER n DROP NOT NULL", {("column", "public.t.n", "nullable")}),
    ("ALTER TABLE t ALTER n SET DEFAULT 2", {("column", "public.t.n", "default")}),
    ("ALTER TABLE t ALTER n TYPE bigint", {("column", "public.t.n", "type")}),
    ('ALTER TABLE t ALTER c0 TYPE text COLLATE "C"', {("column", "public.t.c0", "collation")}),
    ("ALTER TABLE t ALTER c0 SET STORAGE EXTERNAL", {("column", "public.t.c0", "storage")}),
    ("ALTER TABLE t ALTER c0 SET COMPRESSION pglz", {("column", "public.t.c0", "compression")}),
    (
        "ALTER TABLE t ALTER id ADD GENERATED ALWAYS AS IDENTITY",
        {("column", "public.t.id", "identity"), ("sequence", "public.t_id_seq", "")},
    ),
    ("ALTER TABLE t FORCE ROW LEVEL SECURITY", {("table", "public.t", "forced row security")}),
    ("ALTER TABLE r SET UNLOGGED", {("table", "public.r", "persistence")}),
    ("COMMENT ON TABLE t IS 'x'", {("table", "public.t", "comment")}),
    ("GRANT SELECT ON t TO pg_monitor", {("table", "public.t", "grants")}),
    ("ALTER TABLE t RENAME c0 TO d0", {("column", "public.t.c0", ""), ("column", "public.t.d0", "")}),
    (
        "ALTER TABLE r ALTER CONSTRAINT r_t_fkey DEFERRABLE",
        {("constraint", "public.r.r_t_fkey", "deferrable"), ("constraint", "public.r.r_t_fkey", "definition")},
    ),
    (
        "ALTER TABLE r ALTER CONSTRAINT r_t_fkey DEFERRABLE INITIALLY DEFERRED",
        {
            ("constraint", "public.r.r_t_fkey", "deferrable"),
            ("constraint", "public.r.r_t_fkey", "definition"),
            ("constraint", "public.r.r_t_fkey", "deferred"),
        },
    ),
    (
        "ALTER TABLE r DROP CONSTRAINT ck, ADD CONSTRAINT ck CHECK (id > 0) NO INHERIT",
        {("constraint", "public.r.ck", "no inherit"), ("constraint", "public.r.ck", "definition")},
    ),
    (
        "ALTER TABLE r DROP CONSTRAINT ck, ADD CONSTRAINT ck CHECK (id > 0) NOT VALID",
        {("constraint", "public.r.ck", "validated"), ("constraint", "public.r.ck", "definition")},
    ),
    ("ALTER TABLE r RENAME CONSTRAINT ck TO kc", {("constraint", "public.r.ck", "name")}),
    ("COMMENT ON CONSTRAINT ck ON r IS 'x'", {("constraint", "public.r.ck", "comment")}),
    ("ALTER INDEX ix SET (fillfactor = 50)", {("index", "public.ix", "definition")}),
    ("ALTER TABLE r CLUSTER ON ix", {("index", "public.ix", "clustered")}),
    ("ALTER INDEX ix RENAME TO xi", {("index", "public.ix", "name")}),
    ("COMMENT ON INDEX ix IS 'x'", {("index", "public.ix", "comment")}),
    ("DROP INDEX ix; CREATE INDEX ix ON r (t DESC)", {("index", "public.ix", "definition")}),
    ("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'ix'::regclass", {("index", "public.ix", "valid")}),
    ("CREATE OR REPLACE VIEW v AS SELECT id FROM t WHERE id > 1", {("view", "public.v", "definition")}),
    ("ALTER VIEW v SET (security_barrier)", {("view", "public.v", "options")}),
    ("REFRESH MATERIALIZED VIEW m WITH NO DATA", {("materialized view", "public.m", "populated")}),
    ("COMMENT ON VIEW v IS 'x'", {("view", "public.v", "comment")}),
    ("ALTER SEQUENCE s INCREMENT 2", {("sequence", "public.s", "increment")}),
    ("ALTER SEQUENCE s CYCLE", {("sequence", "public.s", "cycle")}),
    ("ALTER SEQUENCE s CACHE 5", {("sequence", "public.s", "cache")}),
    ("ALTER SEQUENCE s MAXVALUE 9", {("sequence", "public.s", "maximum")}),
    ("ALTER SEQUENCE s AS int", {("sequence", "public.s", "maximum"), ("sequence", "public.s", "type")}),
    ("ALTER SEQUENCE s OWNED BY t.id", {("sequence", "public.s", "owned by")}),
    ("ALTER TYPE mood ADD VALUE 'so' BEFORE 'glad'", {("enum", "public.mood", "labels")}),
    ("ALTER TYPE mood RENAME VALUE 'sad' TO 'bad'", {("enum", "public.mood", "labels")}),
    ("COMMENT ON TYPE mood IS 'x'", {("enum", "public.mood", "comment")}),
    ("ALTER TYPE mood OWNER TO pg_monitor", {("enum", "public.mood", "grants"), ("enum", "public.mood", "owner")}),
    ("ALTER DOMAIN cents SET NOT NULL", {("domain", "public.cents", "nullable")}),
    ("ALTER DOMAIN cents SET DEFAULT 0", {("domain", "public.cents", "default")}),
    ("ALTER DOMAIN cents DROP CONSTRAINT cents_check", {("constraint", "public.cents.cents_check", "")}),
    ("ALTER FUNCTION f(int) VOLATILE", {("function", "public.f(integer)", "definition")}),
    ("ALTER FUNCTION f(int) STRICT", {("function", "public.f(integer)", "definition")}),
    ("ALTER FUNCTION f(int) SET search_path = ''", {("function", "public.f(integer)", "definition")}),
    ("REVOKE EXECUTE ON FUNCTION f(int) FROM PUBLIC", {("function", "public.f(integer)", "grants")}),
    ("ALTER FUNCTION f(int) SECURITY DEFINER", {("function", "public.f(integer)", "definition")}),
    (
        "CREATE OR REPLACE FUNCTION f(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1 + 1'",
        {("function", "public.f(integer)", "definition")},
    ),
    ("ALTER TABLE t DISABLE TRIGGER g", {("trigger", "public.t.g", "enabled")}),
    ("COMMENT ON TRIGGER g ON t IS 'x'", {("trigger", "public.t.g", "comment")}),
    (
        "ALTER TABLE r DISABLE TRIGGER ALL",
        {
            ("foreign key trigger", 'public.r."r_t_fkey RI_FKey_check_ins"', ""),
            ("foreign key trigger", 'public.r."r_t_fkey RI_FKey_check_upd"', ""),
        },
    ),
    ("ALTER POLICY own ON t TO pg_monitor", {("policy", "public.t.own", "roles")}),
    ("ALTER POLICY own ON t USING (id > 1)", {("policy", "public.t.own", "using")}),
    ("ALTER STATISTICS seen SET STATISTICS 7", {("statistics", "public.seen", "target")}),
    ("ALTER TABLE r DISABLE RULE quiet", {("rule", "public.r.quiet", "enabled")}),
    (
        "ALTER TABLE p DETACH PARTITION p1",
        {
            ("table", "public.p1", "parents"),
            ("column", "public.p1.id", "local"),
            ("column", "public.p1.at", "inherited"),
            ("column", "public.p1.at", "local"),
            ("column", "public.p1.id", "inherited"),
            ("table", "public.p1", "partition bound"),
        },
    ),
    ("ALTER TABLE p1 SET (autovacuum_enabled = off)", {("table", "public.p1", "options")}),
    ("COMMENT ON SCHEMA public IS 'x'", {("schema", "public", "comment")}),
    ("GRANT CREATE ON SCHEMA public TO pg_monitor", {("schema", "public", "grants")}),
    (
        "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO pg_monitor",
        {("default privileges", "public.postgres.tables", "")},
    ),
    ("SELECT lo_create(77)", {("large objects", "postgres", "")}),
    ("CREATE PUBLICATION pub FOR TABLE t", {("publication", "pub", "")}),
    ("CREATE EXTENSION hstore", {("extension", "hstore", "")}),
)


@pytest.fixture(scope="module")
def eye(postgres_server):
    name = postgres_server.create_database()
    with connect(postgres_server.url(name), read_only=False) as connection:
        run(connection, SCHEMA)
        connection.commit()
        yield connection
    postgres_server.drop_database(name)


@pytest.fixture(scope="module")
def before(eye):
    return look(eye)


def run(eye, sql: str) -> None:
    eye.exec_driver_sql(sql, execution_options={"no_parameters": True})


def look(eye):
    """Ends the transaction, and takes back what was changed in it."""
    found = take_snapshot(eye, prepared=True)
    eye.rollback()
    return found


@pytest.mark.parametrize(("sql", "changed"), CHANGES, ids=[sql for sql, _ in CHANGES])
def test_a_property_changed_by_hand_is_named_and_nothing_else(eye, before, sql, changed):
    run(eye, sql)
    found = {(d.object.kind, d.object.name, d.property) for d in compare_snapshots(before, look(eye))}
    assert found == changed


def test_what_was_taken_back_is_no_difference(eye, before):
    assert compare_snapshots(before, look(eye)) == ()
