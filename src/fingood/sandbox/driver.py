"""Talking to servers about databases: URLs, and single statements outside a transaction."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any
from urllib.parse import quote as percent

from sqlalchemy.engine import URL, Connection
from sqlalchemy.exc import DBAPIError

from fingood.statements.compat import make_engine, read_url, spelled_database, sqlstate_of, with_driver


def drivername() -> str:
    """``postgresql+psycopg`` or ``postgresql+psycopg2``. Raises ConfigError where neither is installed."""
    return with_driver(read_url("postgresql://")).drivername


def synchronous(url: URL) -> URL:
    """The URL with a driver that waits: the installed one where it says none or an asynchronous one."""
    if url.drivername in ("postgresql+psycopg", "postgresql+psycopg2"):
        return url
    return url.set(drivername=drivername())


def socket_url(base: Path, database: str, user: str) -> str:
    """A URL over a Unix socket. The path stands plain: alembic.ini's configparser would trip over ``%2F``."""
    return f"{drivername()}://{percent(user, safe='')}@/{spelled_database(database)}?host={base}"


@contextmanager
def autocommit(url: str) -> Iterator[Connection]:
    """A connection for statements that refuse a transaction, such as CREATE DATABASE."""
    engine = make_engine(url, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def run(connection: Connection, sql: str, parameters: Sequence[Any] = ()) -> Sequence[Any]:
    """The rows of one statement, none where it returns none. With parameters ``%s`` stands for each and ``%%`` for a
    percent sign; without any the statement goes to the server as it is."""
    if parameters:
        result = connection.exec_driver_sql(sql, tuple(parameters))
    else:
        result = connection.exec_driver_sql(sql, execution_options={"no_parameters": True})
    return result.fetchall() if result.returns_rows else ()


@cache
def load_sql(name: str) -> str:
    """The text of ``sql/postgresql/<name>.sql``."""
    return (resources.files(__package__) / "sql" / "postgresql" / f"{name}.sql").read_text(encoding="utf-8")


def literal(value: str) -> str:
    """A string in quotes for SQL that takes no parameters (standard_conforming_strings is on since 9.1)."""
    doubled = value.replace("'", "''")
    return "E'" + doubled.replace("\\", "\\\\") + "'" if "\\" in value else f"'{doubled}'"


def sqlstate(error: DBAPIError) -> str:
    """The five letters that say what went wrong (PostgreSQL manual, appendix A), ``unknown`` where there are none."""
    return sqlstate_of(error) or "unknown"
