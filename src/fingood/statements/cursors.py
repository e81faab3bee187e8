"""Cursors that revisions open on the driver's own connection, past SQLAlchemy's events: COPY and the like.

Every connection gets a cursor class that tells the listener first. Covered are psycopg, psycopg2 and sqlite3; the
drivers for asyncio are not, for them :mod:`fingood.statements.blind_spots` leaves a note.
"""

from __future__ import annotations

import os
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import lru_cache
from typing import Any

import sqlalchemy

WATCHED_DRIVERS = ("psycopg", "psycopg2", "pysqlite")

Watch = Callable[..., AbstractContextManager[None]]
"""``watch(cursor, driver_connection, sql, parameters, many=...)``: a block in which the statement runs."""

_SQLALCHEMY = os.path.dirname(sqlalchemy.__file__)
_PSYCOPG2_EXTRAS = os.path.join("psycopg2", "extras.py")


def watch_connection(driver: Any, watch: Watch) -> None:
    """Makes the cursors of a psycopg or psycopg2 connection tell the listener. Others are left as they are."""
    base = getattr(driver, "cursor_factory", None)
    module = type(driver).__module__.partition(".")[0]
    if module == "psycopg" and hasattr(driver, "wait"):
        driver.cursor_factory = _psycopg_cursor(base, watch)
    elif module == "psycopg2":
        driver.cursor_factory = _psycopg2_cursor(base, watch)


def sqlite_connection(watch: Watch) -> type[sqlite3.Connection]:
    """A class for ``sqlite3.connect(factory=...)``."""
    cursor_class: Any = _with_execute(sqlite3.Cursor, watch)

    class Cursor(cursor_class):  # type: ignore[misc]
        def executescript(self, script: str) -> Any:
            with _watched(watch, self, script, None):
                return super().executescript(script)

    class Connection(sqlite3.Connection):
        def cursor(self, factory: Any = Cursor) -> Any:
            return super().cursor(factory)

        # The connection's own shortcuts make their cursors in C, past the class above.
        def execute(self, *arguments: Any) -> Any:
            return self.cursor().execute(*arguments)

        def executemany(self, *arguments: Any) -> Any:
            return self.cursor().executemany(*arguments)

        def executescript(self, *arguments: Any) -> Any:
            return self.cursor().executescript(*arguments)

    return Connection


@lru_cache(maxsize=16)
def _psycopg_cursor(base: type, watch: Watch) -> type:
    class Cursor(_with_execute(base, watch)):  # type: ignore[misc]
        @contextmanager
        def copy(self, statement: Any, params: Any = None, **options: Any) -> Iterator[Any]:
            with _watched(watch, self, statement, params), super().copy(statement, params, **options) as copy:
                yield copy

    return Cursor


@lru_cache(maxsize=16)
def _psycopg2_cursor(base: type | None, watch: Watch) -> type:
    import psycopg2.extensions

    class Cursor(_with_execute(base or psycopg2.extensions.cursor, watch)):  # type: ignore[misc]
        def copy_expert(self, sql: Any, *arguments: Any, **options: Any) -> None:
            with _watched(watch, self, sql, None):
                super().copy_expert(sql, *arguments, **options)

        def copy_from(self, file: Any, table: str, *arguments: Any, **options: Any) -> None:
            with _watched(watch, self, f'COPY "{table}" FROM STDIN', None):
                super().copy_from(file, table, *arguments, **options)

    return Cursor


def _with_execute(base: Any, watch: Watch) -> Any:
    class Cursor(base):  # type: ignore[misc]
        def execute(self, query: Any, *arguments: Any, **options: Any) -> Any:
            parameters = arguments[0] if arguments else options.get("params", options.get("vars"))
            with _watched(watch, self, query, parameters):
                return super().execute(query, *arguments, **options)

        def executemany(self, query: Any, rows: Any, *arguments: Any, **options: Any) -> Any:
            rows = list(rows)
            with _watched(watch, self, query, rows, many=True):
                return super().executemany(query, rows, *arguments, **options)

    return Cursor


@contextmanager
def _watched(watch: Watch, cursor: Any, query: Any, parameters: Any, *, many: bool = False) -> Iterator[None]:
    """The block of the statement. SQLAlchemy's own calls are seen by its events, or are its own affair."""
    frame = sys._getframe(3)
    caller = frame.f_code.co_filename
    if caller.startswith(_SQLALCHEMY):
        yield
        return
    if caller.endswith(_PSYCOPG2_EXTRAS):
        # execute_values and execute_batch paste the values into the text; the text before that is a local of theirs.
        query, parameters = frame.f_locals.get("sql", "(values)"), None
    with watch(cursor, cursor.connection, _text(query, cursor), parameters, many=many):
        yield


def _text(query: Any, cursor: Any) -> str:
    if isinstance(query, bytes):
        return query.decode(errors="replace")
    compose = getattr(query, "as_string", None)
    return str(query) if compose is None else str(compose(cursor.connection))
