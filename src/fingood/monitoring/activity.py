"""Statements of all sessions that touch given tables."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from fingood.catalog.queries import run_sql
from fingood.errors import CouldNotLook
from fingood.model.names import RelationName
from fingood.monitoring.check import read_sql
from fingood.monitoring.looks import statement_sql
from fingood.statements.compat import sqlstate_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A statement as the server shows it, its literals taken out. ``calls`` and ``milliseconds`` are empty where the
    source does not count them."""

    source: str
    text: str
    calls: str = ""
    milliseconds: str = ""


_LITERAL = re.compile(r"\$(\w*)\$.*?\$\1\$|[eE]?'(?:[^'\\]|''|\\.)*'|\b\d+(?:\.\d+)?\b", re.DOTALL)


def running_statements(connection: Connection, tables: Collection[RelationName]) -> tuple[Seen, ...]:
    """What other sessions run right now, as far as their text mentions one of the tables."""
    return tuple(
        Seen(source=f"pid {row['pid']}", text=_shown(row["query"]))
        for row in run_sql(connection, read_sql("postgresql", "running"))
        if _mentions(str(row["query"]), tables)
    )


def counted_statements(connection: Connection, tables: Collection[RelationName]) -> tuple[Seen, ...]:
    """What pg_stat_statements has counted, the most costly first.

    Raises CouldNotLook when the extension is not installed, not loaded by the server, or not to be read.
    """
    sql = statement_sql(connection, "counted")
    try:
        with connection.begin_nested():
            rows = run_sql(connection, sql)
    except DBAPIError as error:
        state = sqlstate_of(error) or "unknown"
        hint = "shared_preload_libraries = 'pg_stat_statements' and a restart" if state == "55000" else ""
        raise CouldNotLook(f"pg_stat_statements cannot be read (SQLSTATE {state})", hint=hint) from None
    return tuple(
        Seen(source="statistics", text=_shown(row["query"]), calls=str(row["calls"]), milliseconds=f"{row['mean']:.2f}")
        for row in rows
        if _mentions(str(row["query"]), tables)
    )


def _mentions(text: str, tables: Collection[RelationName]) -> bool:
    return any(re.search(rf"(?<!\w){re.escape(table.name)}(?!\w)", text) for table in tables)


def _shown(text: object) -> str:
    """The statement on one line without its literals: they are other people's data."""
    return " ".join(_LITERAL.sub("?", str(text)).split())[:200]
