"""A second session beside the migration's own: it holds the run lock and sees what the first one waits for.

The migration's connection must not run a statement before Alembic begins its transaction: autocommit_block() would
fail, and a lock taken inside the transaction would vanish with the first commit.
"""

from __future__ import annotations

import getpass
import os
import socket
import threading
from collections.abc import Callable
from functools import cache
from importlib import resources
from typing import Any, TypeVar

from sqlalchemy import pool, text
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from fingood.errors import CannotConnect
from fingood.settings import describe_target
from fingood.statements.compat import dbapi_connection, make_engine

T = TypeVar("T")

_ONE_CONNECTION = (pool.StaticPool, pool.SingletonThreadPool, pool.AssertionPool)


class SecondSession:
    """An autocommit session on the same database. One query at a time, from whichever thread."""

    def __init__(self, connection: Connection) -> None:
        self._one_at_a_time = threading.Lock()
        self._own_engine: Engine | None = None
        try:
            self._connection = self._open(connection)
            self.query("SELECT set_config('application_name', :name, false)", name=_application_name())
            self.named("stay")
            self.first_pid = int(self.session()["backend_pid"])
        except SQLAlchemyError as error:
            self._dispose()
            raise CannotConnect(
                target_of(connection),
                f"no second session for the run lock ({type(error).__name__})",
                hint="the guard needs one more connection slot than the migration",
            ) from None

    def named(self, name: str, **parameters: object) -> list[dict[str, Any]]:
        """Runs a named SQL file; one dict a row."""
        return self.query(_load_sql(name), **parameters)

    def session(self) -> dict[str, Any]:
        """This session's pid, user, database and server."""
        return self.named("session")[0]

    @staticmethod
    def text_of(name: str) -> str:
        """The SQL of a named file."""
        return _load_sql(name)

    def query(self, sql: str, **parameters: object) -> list[dict[str, Any]]:
        with self._one_at_a_time:
            result = self._connection.execute(text(sql), parameters)
            keys = list(result.keys())
            return [dict(zip(keys, row, strict=True)) for row in result]

    def look(self, look: Callable[[Connection], T]) -> T:
        """Lets ``look`` read on this session, no statement of it for longer than a few seconds."""
        with self._one_at_a_time:
            before = self._connection.exec_driver_sql("SELECT current_setting('statement_timeout')").scalar()
            self._connection.exec_driver_sql("SET statement_timeout = '3s'")
            try:
                return look(self._connection)
            finally:
                self._connection.exec_driver_sql(f"SET statement_timeout = '{before}'")

    def is_alive(self) -> bool:
        """Whether the session, and with it the run lock, is still there."""
        try:
            return int(self.session()["backend_pid"]) == self.first_pid
        except SQLAlchemyError:
            return False

    def close(self) -> None:
        """Ends the session; the server lets its locks go."""
        self._connection.close()
        self._dispose()

    def _open(self, connection: Connection) -> Connection:
        engine = connection.engine
        if engine.dialect.is_async or not _has_room(engine.pool):
            engine = self._own_engine = make_engine(synchronous_url(engine.url))
        second = engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        # Detached, it is closed and not given back to a pool, and its lock cannot outlive it there.
        second.detach()
        return second

    def _dispose(self) -> None:
        if self._own_engine is not None:
            self._own_engine.dispose()


def read_session(connection: Connection) -> dict[str, Any]:
    """The same facts of the migration's session, by the driver's own cursor inside the transaction that is open."""
    cursor = dbapi_connection(connection).cursor()
    try:
        cursor.execute(_load_sql("session"))
        return dict(zip([column[0] for column in cursor.description], cursor.fetchone(), strict=True))
    finally:
        cursor.close()


def synchronous_url(url: Any) -> Any:
    """The URL for a driver without asyncio; asyncpg's ``ssl`` is libpq's ``sslmode``."""
    driver = url.drivername.partition("+")[2]
    if driver == "asyncpg":
        query = {("sslmode" if key == "ssl" else key): value for key, value in url.query.items()}
        return url.set(drivername="postgresql", query=query)
    return url.set(drivername="postgresql+psycopg") if driver.startswith("psycopg_") else url


def target_of(connection: Connection) -> str:
    """The connection's database for people to read."""
    return describe_target(connection.engine.url.render_as_string(hide_password=True))


@cache
def _load_sql(name: str) -> str:
    return (resources.files(__package__) / "sql" / "postgresql" / f"{name}.sql").read_text(encoding="utf-8")


def _has_room(connections: Any) -> bool:
    """Whether the engine's pool gives out a second connection."""
    if isinstance(connections, _ONE_CONNECTION):
        return False
    if isinstance(connections, pool.QueuePool):
        return connections._max_overflow < 0 or connections.size() + connections._max_overflow > 1
    return True


def _application_name() -> str:
    """At most 63 bytes: the server cuts the rest (manual, 20.8 application_name)."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):
        user = str(os.getuid())
    return f"fingood {user}@{socket.gethostname()[:30]} pid {os.getpid()}"[:63]
