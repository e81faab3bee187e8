from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from fingood.errors import CannotConnect, CouldNotLook, SandboxUnavailable
from fingood.sandbox import Server, found_binaries, open_sandbox
from fingood.settings.values import SandboxSettings
from fingood.statements.compat import make_engine

MAJORS = {binaries.major for binaries in found_binaries()}


def ask(url: str, sql: str) -> object:
    with make_engine(url).connect() as connection:
        return connection.exec_driver_sql(sql, execution_options={"no_parameters": True}).scalar()


def run(url: str, *statements: str) -> None:
    engine = make_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement, execution_options={"no_parameters": True})


@pytest.fixture
def roles(postgres_url: str) -> Iterator[tuple[str, str]]:
    """Two roles of odd names that no other test uses, and a database to use them in."""
    mark = os.urandom(3).hex()
    owner, reader = f"Owner of {mark}", f"reader%{mark}"
    run(postgres_url, f'CREATE ROLE "{owner}" NOLOGIN', f"CREATE ROLE \"{reader}\" LOGIN PASSWORD 'x'")
    run(postgres_url, f'GRANT "{owner}" TO "{reader}"')
    yield owner, reader
    for role in (owner, reader):
        run(postgres_url, f'DROP OWNED BY "{role}" CASCADE', f'DROP ROLE "{role}"')


@pytest.fixture
def ledger(postgres_url: str, roles: tuple[str, str]) -> str:
    owner, reader = roles
    run(
        postgres_url,
        f'CREATE SCHEMA "Main Ledger" AUTHORIZATION "{owner}"',
        "CREATE TYPE public.state AS ENUM ('open', 'closed')",
        'CREATE TABLE "Main Ledger".accounts (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, '
        '"select" text NOT NULL, parent bigint REFERENCES "Main Ledger".accounts, state public.state DEFAULT \'open\', '
        "twice bigint GENERATED ALWAYS AS (id * 2) STORED)",
        'CREATE TABLE "Main Ledger"."Order Lines" (id serial PRIMARY KEY, "50% off" numeric(12, 2), '
        'account bigint NOT NULL REFERENCES "Main Ledger".accounts)',
        'CREATE TABLE "Main Ledger".parts (day date NOT NULL, account bigint REFERENCES "Main Ledger".accounts) '
        "PARTITION BY RANGE (day)",
        'CREATE TABLE "Main Ledger".parts_2024 PARTITION OF "Main Ledger".parts '
        "FOR VALUES FROM ('2024-01-01') TO ('2025-01-01')",
        'CREATE VIEW public."täglich" AS SELECT day, count(*) FROM "Main Ledger".parts GROUP BY day',
        'CREATE MATERIALIZED VIEW public.sums AS SELECT count(*) AS n FROM "Main Ledger".accounts',
        "CREATE FUNCTION public.touch() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NEW; END$$",
        'CREATE TRIGGER touch BEFORE UPDATE ON "Main Ledger".accounts FOR EACH ROW EXECUTE FUNCTION public.touch()',
        f'ALTER TABLE "Main Ledger".accounts OWNER TO "{owner}"',
        f'GRANT SELECT ON "Main Ledger".accounts TO "{reader}"',
        'INSERT INTO "Main Ledger".accounts ("select", parent) '
        "SELECT 'a\\b' || n, CASE WHEN n <= 40 THEN 100 - n END FROM generate_series(1, 100) AS n",
        'INSERT INTO "Main Ledger"."Order Lines" ("50% off", account) '
        "SELECT 1.5, 101 - n FROM generate_series(1, 100) AS n",
        "INSERT INTO \"Main Ledger\".parts SELECT date '2024-01-01' + n, n FROM generate_series(1, 90) AS n",
        "REFRESH MATERIALIZED VIEW public.sums",
    )
    return postgres_url


def test_a_schema_copy_has_every_object_no_row_and_the_sequences_positions(ledger: str, roles: tuple[str, str]) -> None:
    owner, reader = roles
    with open_sandbox("postgresql", major=17, target_url=ledger) as sandbox:
        url = sandbox.copy_of(ledger).url
        assert ask(url, 'SELECT count(*) FROM "Main Ledger".accounts') == 0
        assert ask(url, "SELECT nextval('\"Main Ledger\".accounts_id_seq')") == 101
        assert ask(url, "SELECT n FROM sums") == 0
        owned = "SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = '\"Main Ledger\".accounts'::regclass"
        assert ask(url, owned) == owner
        assert ask(url, f"SELECT has_table_privilege('{reader}', '\"Main Ledger\".accounts', 'SELECT')")
        assert ask(url, f"SELECT pg_has_role('{reader}', '{owner}', 'MEMBER')")
        assert ask(url, f"SELECT rolcanlogin FROM pg_roles WHERE rolname = '{reader}'") is False
        assert any("copied the schema" in note and "pg_dump" in note for note in sandbox.notes)


def test_a_sample_brings_the_parents_of_its_rows(ledger: str) -> None:
    with open_sandbox("postgresql", target_url=ledger) as sandbox:
        url = sandbox.copy_of(ledger, "sample", 5).url
        # Accounts 1 to 5 come as the first, 96 to 100 as parents of the first order lines, 95 to 99 as their parents.
        wanted = "SELECT string_agg(id::text, ',' ORDER BY id) FROM \"Main Ledger\".accounts"
        assert ask(url, wanted) == "1,2,3,4,5,95,96,97,98,99,100"
        assert ask(url, 'SELECT count(*) FROM "Main Ledger"."Order Lines"') == 5
        assert ask(url, 'SELECT count(*) FROM "Main Ledger".parts_2024') == 5
        assert ask(url, 'SELECT "select" FROM "Main Ledger".accounts WHERE twice = 198') == "a\\b99"
        assert ask(url, "SELECT count(*) FROM pg_constraint WHERE contype = 'f' AND NOT convalidated") == 0
        assert ask(url, "SELECT n FROM sums") == 11


def test_a_full_copy_has_every_row_and_leaves_the_source_as_it_was(ledger: str) -> None:
    with open_sandbox("postgresql", target_url=ledger) as sandbox:
        copy = sandbox.copy_of(ledger, "full")
        assert ask(copy.url, 'SELECT count(*) FROM "Main Ledger".accounts') == 100
        assert ask(copy.url, "SELECT nextval('\"Main Ledger\".accounts_id_seq')") == 101
        assert ask(copy.clone().url, "SELECT n FROM sums") == 100
    assert ask(ledger, 'SELECT last_value FROM "Main Ledger".accounts_id_seq') == 100


def test_a_copy_begins_with_the_settings_of_the_source(postgres_url: str) -> None:
    name = str(ask(postgres_url, "SELECT current_database()"))
    run(postgres_url, "CREATE SCHEMA ledger", f'ALTER DATABASE "{name}" SET search_path = ledger, public')
    with open_sandbox("postgresql", target_url=postgres_url) as sandbox:
        copy = sandbox.copy_of(postgres_url)
        assert ask(copy.url, "SHOW search_path") == "ledger, public"
        assert ask(copy.clone().url, "SHOW search_path") == "ledger, public"


def test_a_source_without_a_public_schema_is_copied_without_one(postgres_url: str) -> None:
    run(postgres_url, "DROP SCHEMA public", "CREATE SCHEMA app", "CREATE TABLE app.t (a int)")
    with open_sandbox("postgresql") as sandbox:
        url = sandbox.copy_of(postgres_url).url
        assert ask(url, "SELECT count(*) FROM pg_namespace WHERE nspname = 'public'") == 0
        assert ask(url, "SELECT count(*) FROM app.t") == 0


def test_a_table_that_may_not_be_read_is_named_as_left_out(ledger: str, roles: tuple[str, str]) -> None:
    _, reader = roles
    run(ledger, "CREATE TABLE public.secret (a int)", f'GRANT USAGE ON SCHEMA "Main Ledger" TO "{reader}"')
    run(ledger, f'GRANT SELECT ON ALL TABLES IN SCHEMA "Main Ledger" TO "{reader}"')
    theirs = ledger.replace("//postgres@", f"//{reader.replace('%', '%25')}@")
    with open_sandbox("postgresql", target_url=theirs) as sandbox:
        url = sandbox.copy_of(theirs, "sample", 2).url
        assert ask(url, "SELECT to_regclass('public.secret')::text") is None
        assert ask(url, "SELECT session_user") == reader
        assert any("may not read public.secret" in note for note in sandbox.notes)


def test_nothing_of_a_copy_can_reach_another_server(postgres_url: str) -> None:
    run(
        postgres_url,
        "CREATE EXTENSION postgres_fdw",
        "CREATE SERVER other FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host 'bank.example')",
        "CREATE USER MAPPING FOR postgres SERVER other OPTIONS (user 'u', password 'hunter2')",
    )
    with open_sandbox("postgresql", target_url=postgres_url) as sandbox:
        url = sandbox.copy_of(postgres_url).url
        assert ask(url, "SELECT count(*) FROM pg_user_mapping") == 0
        assert ask(url, "SELECT count(*) FROM pg_foreign_server") == 1
        assert any("user mapping" in note for note in sandbox.notes)
        assert "hunter2" not in "\n".join(sandbox.notes)


@pytest.mark.skipif(15 not in MAJORS, reason="needs a PostgreSQL whose uuid-ossp is real, as the system's 15")
def test_an_extension_that_the_sandbox_lacks_is_named_or_stood_in_for() -> None:
    embedded = SandboxSettings(server="embedded")
    with Server.start(major=15) as source, open_sandbox("postgresql", major=15, settings=embedded) as sandbox:
        url = source.url(source.create_database())
        run(url, 'CREATE EXTENSION "uuid-ossp"', "CREATE TABLE t (id uuid DEFAULT uuid_generate_v4(), a int)")
        copy = sandbox.copy_of(url).url
        run(copy, "INSERT INTO t (a) VALUES (1)")
        assert ask(copy, "SELECT id IS NOT NULL FROM t") is True
        notes = "\n".join(sandbox.notes)
        assert "uuid-ossp is a stand-in" in notes
        assert "the target runs PostgreSQL 15, the sandbox 17" in notes


@pytest.mark.skipif(15 not in MAJORS, reason="needs a PostgreSQL with the extension xml2, as the system's 15")
def test_an_extension_without_a_stand_in_is_left_out_unless_something_needs_it() -> None:
    embedded = SandboxSettings(server="embedded")
    with Server.start(major=15) as source, open_sandbox("postgresql", major=15, settings=embedded) as sandbox:
        url = source.url(source.create_database())
        run(url, "CREATE EXTENSION xml2", "CREATE TABLE t (a int)")
        assert ask(sandbox.copy_of(url).url, "SELECT count(*) FROM t") == 0
        assert any("xml2 1.1 is not on the sandbox's server and was left out" in note for note in sandbox.notes)
        run(url, "CREATE VIEW \"View 1\" AS SELECT xpath_string('<a/>', 'a')")
        with pytest.raises(SandboxUnavailable, match=r'lacks the extension xml2, which .*"View 1"'):
            sandbox.copy_of(url)


@pytest.mark.skipif(18 not in MAJORS, reason="needs the wheel of PostgreSQL 18")
def test_a_newer_source_goes_into_an_older_sandbox_with_a_newer_pg_dump() -> None:
    with Server.start(major=18) as source, Server.start(major=17) as older:
        url = source.url(source.create_database())
        run(url, "CREATE TABLE t (a int NOT NULL CHECK (a > 0))", "INSERT INTO t VALUES (1)")
        target = SandboxSettings(server=older.url())
        with open_sandbox("postgresql", major=18, settings=target, target_url=url) as sandbox:
            assert ask(sandbox.copy_of(url, "full").url, "SELECT sum(a) FROM t") == 1
            assert "pg_dump 18" in "\n".join(sandbox.notes)


def test_a_source_that_does_not_answer_is_said_so(tmp_path: Path) -> None:
    with open_sandbox("postgresql") as sandbox:
        with pytest.raises(CannotConnect):
            sandbox.copy_of(f"postgresql://u:hunter2@/nothing?host={tmp_path}")
        with pytest.raises(CouldNotLook):
            sandbox.copy_of("sqlite:///nothing.db")


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    path = tmp_path / "with space 100%.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript("""
            CREATE TABLE a (id INTEGER PRIMARY KEY AUTOINCREMENT, "x y" TEXT, up INTEGER REFERENCES a);
            CREATE TABLE b (id INTEGER PRIMARY KEY, a_id INTEGER NOT NULL REFERENCES a (id));
            CREATE INDEX ix ON a ("x y");
            CREATE VIEW v AS SELECT * FROM b;
            CREATE TRIGGER t AFTER INSERT ON b BEGIN DELETE FROM a WHERE id = -1; END;
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 50)
            INSERT INTO a (id, "x y", up) SELECT i, 'r' || i, CASE WHEN i < 50 THEN i + 1 END FROM n;
            INSERT INTO b SELECT id, 51 - id FROM a WHERE id < 48;
        """)
    return f"sqlite:///{path}"


@pytest.mark.parametrize(("content", "rows"), [("schema", 0), ("sample", 50), ("full", 50)])
def test_sqlite_is_copied_in_every_content(sqlite_url: str, content: str, rows: int) -> None:
    with open_sandbox("sqlite") as sandbox:
        copy = sandbox.copy_of(sqlite_url, content, 2)
        assert ask(copy.url, "SELECT count(*) FROM a") == rows
        assert ask(copy.url, "SELECT count(*) FROM v") == {"schema": 0, "sample": 2, "full": 47}[content]
        assert ask(copy.url, "SELECT seq FROM sqlite_sequence WHERE name = 'a'") == 50
        assert ask(copy.url, "SELECT count(*) FROM sqlite_master") == ask(
            sqlite_url, "SELECT count(*) FROM sqlite_master"
        )
        assert ask(copy.clone().url, "SELECT count(*) FROM a") == rows
        copy.drop()


def test_a_sandbox_is_made_for_odd_encodings(new_postgres_url: Callable[[], str], postgres_url: str) -> None:
    name = f"latin_{os.urandom(3).hex()}"
    run(postgres_url, f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' "
        "LOCALE_PROVIDER libc")  # fmt: skip
    url = postgres_url.replace(str(ask(postgres_url, "SELECT current_database()")), name)
    try:
        run(url, "CREATE TABLE t (a text)", "INSERT INTO t VALUES ('grün')")
        with open_sandbox("postgresql", target_url=url) as sandbox:
            copy = sandbox.copy_of(url, "sample").url
            assert ask(copy, "SHOW server_encoding") == "LATIN1"
            assert ask(copy, "SELECT octet_length(a) FROM t") == 4
    finally:
        run(postgres_url, f"DROP DATABASE {name} WITH (FORCE)")
