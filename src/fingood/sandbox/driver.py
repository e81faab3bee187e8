"""Talking to PostgreSQL servers about databases: which driver, URLs, and single statements outside a transaction."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote as percent

import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from fingood.errors import SandboxUnavailable
from fingood.statements.compat import spelled_database


@cache
def drivername() -> str:
    """``postgresql+psycopg`` or ``postgresql+psycopg2``: what is installed and known to the installed SQLAlchemy."""
    for module in ("psycopg", "psycopg2"):
        known = importlib.util.find_spec(f"sqlalchemy.dialects.postgresql.{module}") is not None
        if known and importlib.util.find_spec(module) is not None:
            return f"postgresql+{module}"
    raise SandboxUnavailable(
        "no PostgreSQL driver is installed", hint="pip install 'fingood-migrations[psycopg]' (or [psycopg2])"
    )


def socket_url(base: Path, database: str, user: str) -> str:
    """A URL over a Unix socket. The path stands plain: alembic.ini's configparser would trip over ``%2F``."""
    return f"{drivername()}://{percent(user, safe='')}@/{spelled_database(database)}?host={base}"


@contextmanager
def autocommit(url: str) -> Iterator[sa.engine.Connection]:
    """A connection for statements that refuse a transaction, such as CREATE DATABASE."""
    engine = sa.create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def run(connection: sa.engine.Connection, sql: str, parameters: Sequence[Any] = ()) -> Sequence[Any]:
    """The rows of one statement as the driver takes it (``%s`` for parameters); none where it returns no rows."""
    result = connection.exec_driver_sql(sql, tuple(parameters)) if parameters else connection.exec_driver_sql(sql)
    return result.fetchall() if result.returns_rows else ()
