"""The named SQL files beside this module, and the one way they are run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from importlib import resources
from typing import Any

from sqlalchemy.engine import Connection

from fingood.statements.compat import driver_connection


@cache
def load_sql(dialect: str, name: str) -> str:
    """The text of ``sql/<dialect>/<name>.sql``."""
    return (resources.files(__package__) / "sql" / dialect / f"{name}.sql").read_text(encoding="utf-8")


@cache
def names_of_sql(dialect: str, folder: str) -> tuple[str, ...]:
    """The names of the SQL files in ``sql/<dialect>/<folder>``, in order."""
    found = (resources.files(__package__) / "sql" / dialect / folder).iterdir()
    return tuple(sorted(entry.name[:-4] for entry in found if entry.name.endswith(".sql")))


def run_sql(connection: Connection, sql: str) -> list[dict[str, Any]]:
    """Runs SQL that takes no parameters, percent signs and colons untouched; one dict a row."""
    names, rows = run_rows(connection, sql)
    return [dict(zip(names, row, strict=True)) for row in rows]


def run_rows(connection: Connection, sql: str) -> tuple[tuple[str, ...], Sequence[Sequence[Any]]]:
    """As :func:`run_sql`, but the columns' names and the rows as they come: for answers of many rows."""
    result = connection.exec_driver_sql(sql, execution_options={"no_parameters": True})
    return tuple(result.keys()), result.all()


@contextmanager
def planned_once(connection: Connection) -> Iterator[None]:
    """Within it the server keeps the plan of every query for its next run on this connection, where the driver can
    prepare statements by itself (psycopg; psycopg2 cannot). For single statements that come again as they are."""
    driver = driver_connection(connection)
    before = getattr(driver, "prepare_threshold", None)
    if before is None:
        yield
        return
    driver.prepare_threshold = 0
    try:
        yield
    finally:
        driver.prepare_threshold = before


def run_named(connection: Connection, name: str) -> list[dict[str, Any]]:
    """Runs a named SQL file for the connection's dialect."""
    return run_sql(connection, load_sql(connection.dialect.name, name))


def literal(text: str) -> str:
    """The text as a literal of SQL, whatever standard_conforming_strings says (manual, 4.1.2.2)."""
    quoted = text.replace("'", "''")
    return f" E'{quoted.replace(chr(92), chr(92) * 2)}'" if "\\" in text else f"'{quoted}'"
