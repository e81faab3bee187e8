"""Statements that a revision sends past SQLAlchemy, on the driver's own cursors."""

from __future__ import annotations

import importlib.util

import pytest

from fingood.statements.compat import HAS_PSYCOPG_DIALECT

DRIVERS = [
    pytest.param(
        name,
        marks=pytest.mark.skipif(
            importlib.util.find_spec(name) is None or (name == "psycopg" and not HAS_PSYCOPG_DIALECT),
            reason="not installed, or unknown to this SQLAlchemy",
        ),
    )
    for name in ("psycopg", "psycopg2")
]

RAW = """
    cursor = op.get_bind().connection.cursor()
    cursor.execute("CREATE TABLE account (id int, name text)")
    cursor.execute("INSERT INTO account VALUES (%s, %s)", (1, "secret"))
    cursor.executemany("INSERT INTO account VALUES (%s, %s)", [(2, "secret"), (3, None)])
    cursor.execute("SELECT count(*) FROM account WHERE name LIKE 'a%'")
"""


def with_driver(url: str, driver: str) -> str:
    return f"postgresql+{driver}://" + url.partition("://")[2]


@pytest.mark.parametrize("driver", DRIVERS)
def test_a_raw_cursor_is_recorded(folder, recorder_of, postgres_url, driver):
    folder.revision("a1", RAW)
    (plan,) = recorder_of(folder).upgrade(with_driver(postgres_url, driver), "head")
    assert [(s.location.line, s.executions, s.rows, s.parameters, s.transaction) for s in plan.statements] == [
        (10, 1, None, (), 1),
        (11, 1, 1, ("int", "str"), 1),
        (12, 2, 2, ("int", "str"), 1),
        (13, 1, 1, (), 1),
    ]
    assert plan.statements[1].sql == "INSERT INTO account VALUES ($1, $2)"
    assert plan.statements[3].sql.endswith("LIKE 'a%'")
    assert "secret" not in repr(plan)
    assert plan.notes == ()


def test_copy_of_psycopg_is_recorded(folder, recorder_of, postgres_url):
    pytest.importorskip("psycopg")
    if not HAS_PSYCOPG_DIALECT:
        pytest.skip("this SQLAlchemy does not know psycopg")
    folder.revision(
        "a1",
        """
        op.execute("CREATE TABLE account (id int)")
        with op.get_bind().connection.cursor().copy("COPY account FROM STDIN") as copy:
            copy.write_row((1,))
            copy.write_row((2,))
        """,
    )
    (plan,) = recorder_of(folder).upgrade(with_driver(postgres_url, "psycopg"), "head")
    assert [(s.location.line, s.sql, s.rows) for s in plan.statements][1:] == [(10, "COPY account FROM STDIN", 2)]


def test_what_psycopg2_pastes_into_a_statement_is_left_out(folder, recorder_of, postgres_url):
    pytest.importorskip("psycopg2")
    folder.revision(
        "a1",
        """
        import io
        from psycopg2.extras import execute_values
        op.execute("CREATE TABLE account (id int, name text)")
        cursor = op.get_bind().connection.cursor()
        execute_values(cursor, "INSERT INTO account VALUES %s", [(1, "secret"), (2, "secret")])
        cursor.copy_expert("COPY account FROM STDIN", io.StringIO("3\\tsecret\\n"))
        """,
    )
    (plan,) = recorder_of(folder).upgrade(with_driver(postgres_url, "psycopg2"), "head")
    assert [(s.location.line, s.sql, s.rows) for s in plan.statements][1:] == [
        (13, "INSERT INTO account VALUES %s", 2),
        (14, "COPY account FROM STDIN", 1),
    ]
    assert "secret" not in repr(plan)


def test_a_raw_cursor_of_sqlite_is_recorded(folder, recorder_of, sqlite_url):
    folder.revision(
        "a1",
        """
        pooled = op.get_bind().connection
        connection = getattr(pooled, "driver_connection", None) or pooled.connection
        connection.execute("CREATE TABLE account (id int)")
        connection.cursor().executemany("INSERT INTO account VALUES (?)", [(1,), (2,)])
        connection.executescript("DELETE FROM account; DROP TABLE account")
        """,
    )
    (plan,) = recorder_of(folder).upgrade(sqlite_url, "head")
    assert [(s.location.line, s.executions) for s in plan.statements] == [(11, 1), (12, 2), (13, 1)]
    assert [action.verb.value for action in plan.statements[2].actions] == ["delete", "drop table"]


def test_a_raw_statement_that_fails_is_the_revisions_failure(folder, recorder_of, postgres_url):
    folder.revision("a1", "op.get_bind().connection.cursor().execute('SELECT no_such_column')")
    (plan,) = recorder_of(folder).upgrade(postgres_url, "head")
    assert (plan.failure.sqlstate, plan.failure.location.line) == ("42703", 9)
    assert plan.statements[0].failure.sqlstate == "42703"


def test_a_cursor_of_an_async_driver_is_noted_because_it_is_not_seen(folder, recorder_of, sqlite_url):
    folder.make_async().revision("a1", "op.get_bind().connection.cursor().execute('SELECT 1')")
    (plan,) = recorder_of(folder).upgrade(sqlite_url, "head")
    assert plan.notes == ("line 9: statements through the driver's own cursor are not recorded",)


def test_another_process_is_noted(folder, recorder_of, sqlite_url):
    folder.revision("a1", "import subprocess\nsubprocess.run(['true'], check=True)")
    (plan,) = recorder_of(folder).upgrade(sqlite_url, "head")
    assert plan.notes == ("line 10: what another process does is not recorded",)
