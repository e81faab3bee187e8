# ruff: noqa: E501, SIM905 - a list of types reads best as words
"""Generated rows: a value for every type that the server takes, at once and not after trials."""

from __future__ import annotations

from fingood.catalog import connect
from fingood.model.names import RelationName
from fingood.rollback.rows import count_rows, fill_empty_tables
from fingood.rollback.seed import Fill

TYPES = (
    "int2 int4 int8 bool float4 float8 money date time timetz timestamp timestamptz interval uuid bytea json jsonb inet "
    "cidr macaddr macaddr8 point box circle line lseg path polygon tsvector tsquery int4range int8range numrange "
    "daterange tsrange tstzrange oid pg_lsn text varchar bpchar numeric varchar(3) char(2) numeric(5,2) numeric(3,0) "
    "numeric(4,4) bit(4) varbit(5) text[] int4[] jsonb[] numeric(9,3)[] mood mood[] amount name varchar(1) citext_like"
).split()


def run(url: str, *statements: str) -> None:
    with connect(url, read_only=False) as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
        connection.commit()


def test_every_type_gets_its_own_values_in_four_rows(postgres_url):
    columns = ", ".join(f'"c {place}" {type_} NOT NULL' for place, type_ in enumerate(TYPES))
    run(
        postgres_url,
        "CREATE TYPE mood AS ENUM ('calm', 'brave')",
        "CREATE DOMAIN amount AS numeric(12, 3) NOT NULL CHECK (VALUE > 0)",
        "CREATE DOMAIN citext_like AS text CHECK (VALUE IN ('a', 'b'))",
        f'CREATE TABLE "Every Type" (id int PRIMARY KEY, {columns})',
        "CREATE TABLE parted (id int NOT NULL) PARTITION BY RANGE (id)",
        "CREATE TABLE parted_1 PARTITION OF parted FOR VALUES FROM (500) TO (600)",
    )
    with connect(postgres_url, read_only=False) as connection:
        seeding = fill_empty_tables(connection, fill=Fill.EDGES, without=(), version_table="alembic_version")
    assert {str(name): rows for name, rows in seeding.generated.items()} == {
        'public."Every Type"': 4,
        "public.parted": 4,
    }


def test_a_ledger_whose_trigger_wants_balance_is_filled_past_it(postgres_url):
    run(
        postgres_url,
        "CREATE TABLE posting (id serial PRIMARY KEY, entry int NOT NULL, amount numeric(19, 4) NOT NULL)",
        "CREATE FUNCTION balanced() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF (SELECT sum(amount) FROM posting WHERE entry = NEW.entry) <> 0 THEN RAISE EXCEPTION 'unbalanced'; END IF; "
        "RETURN NULL; END $$",
        "CREATE CONSTRAINT TRIGGER balanced AFTER INSERT ON posting DEFERRABLE INITIALLY DEFERRED "
        "FOR EACH ROW EXECUTE FUNCTION balanced()",
    )
    with connect(postgres_url, read_only=False) as connection:
        seeding = fill_empty_tables(connection, fill=Fill.EDGES, without=(), version_table="alembic_version")
    assert sum(seeding.generated.values()) == 4


def test_a_table_whose_parent_stays_empty_says_so(postgres_url):
    run(
        postgres_url,
        "CREATE TABLE parent (id int PRIMARY KEY CHECK (id > 7 AND id < 7))",
        "CREATE TABLE child (id int PRIMARY KEY, parent_id int NOT NULL REFERENCES parent)",
    )
    with connect(postgres_url, read_only=False) as connection:
        seeding = fill_empty_tables(connection, fill=Fill.EDGES, without=(), version_table="alembic_version")
    assert {str(name): reason for name, reason in seeding.empty.items()} == {
        "public.parent": "the server refuses generated rows [23514 parent_id_check]",
        "public.child": "its parent public.parent is empty",
    }


def test_a_column_that_may_be_null_holds_every_flavour_and_null(postgres_url):
    run(postgres_url, "CREATE TABLE t (id int PRIMARY KEY, memo text, rate float8)")
    with connect(postgres_url, read_only=False) as connection:
        fill_empty_tables(connection, fill=Fill.EDGES, without=(), version_table="alembic_version")
        rows = connection.exec_driver_sql("SELECT memo, rate::text FROM t").fetchall()
    assert {memo for memo, _ in rows} == {"plain 0", "Ünï \"Quoted\" 'it's' %s 1", " trailing 2 ", None}
    assert {rate for _, rate in rows} == {"1.5", "1.7976931348623157e+308", "-0", None}


def rows_of(url: str, *tables: str) -> list[list[tuple[object, ...]]]:
    with connect(url) as connection:
        return [sorted(map(tuple, connection.exec_driver_sql(f"SELECT * FROM {table}"))) for table in tables]


def test_tables_that_travel_together_hold_what_they_hold_when_each_is_tried_alone(postgres_url):
    tables = ("choosy", "counted", "leaf", "plain", "stem")
    run(
        postgres_url,
        "CREATE TABLE stem (id int PRIMARY KEY, name text)",
        "CREATE TABLE plain (id int PRIMARY KEY, amount numeric(9, 2))",
        "CREATE TABLE choosy (id int PRIMARY KEY, kind text NOT NULL CHECK (kind IN ('a', 'b')))",
        "CREATE TABLE counted (id serial PRIMARY KEY, kind text NOT NULL CHECK (kind <> 'plain 0'))",
        "CREATE TABLE leaf (id int PRIMARY KEY, stem int NOT NULL REFERENCES stem, choosy int NOT NULL REFERENCES choosy)",
    )
    answers = []
    everything = {RelationName("public", table) for table in tables}
    for refused in (everything, set(), {RelationName("public", "choosy")}):
        with connect(postgres_url, read_only=False) as connection:
            fill_empty_tables(connection, fill=Fill.EDGES, without=(), version_table="alembic_version", refused=refused)
        answers.append(rows_of(postgres_url, *tables))
        run(postgres_url, f"TRUNCATE {', '.join(tables)} RESTART IDENTITY")
        assert RelationName("public", "choosy") in refused
    assert answers[0] == answers[1] == answers[2]
    assert all(len(rows) == 4 for rows in answers[0])


def test_a_parent_table_whose_rows_are_all_in_its_child_is_not_empty(postgres_url):
    run(
        postgres_url,
        "CREATE TABLE account (id int)",
        "CREATE TABLE savings () INHERITS (account)",
        "INSERT INTO savings VALUES (1), (2)",
        "CREATE TABLE emptied (id int)",
        "INSERT INTO emptied VALUES (1)",
        "DELETE FROM emptied",
    )
    with connect(postgres_url) as connection:
        counted = count_rows(connection, version_table="alembic_version")
    assert {name.name: rows for name, rows in counted.items()} == {"account": 2, "savings": 2}
