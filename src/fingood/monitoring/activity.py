"""Statements of all sessions that touch given tables."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from importlib import resources

from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from fingood.catalog.queries import run_sql
from fingood.errors import CouldNotLook
from fingood.model.names import RelationName


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
        for row in run_sql(connection, _sql("running"))
        if _mentions(str(row["query"]), tables)
    )


def counted_statements(connection: Connection, tables: Collection[RelationName]) -> tuple[Seen, ...]:
    """What pg_stat_statements has counted, the most costly first.

    Raises CouldNotLook when the extension is not installed, not loaded by the server, or not to be read.
    """
    if not run_sql(connection, "SELECT 1 AS there FROM pg_extension WHERE extname = 'pg_stat_statements'"):
        raise CouldNotLook(
            "pg_stat_statements is not installed in this database", hint="CREATE EXTENSION pg_stat_statements;"
        )
    try:
        with connection.begin_nested():
            rows = run_sql(connection, _sql("counted"))
    except DBAPIError as error:
        state = getattr(error.orig, "sqlstate", None) or getattr(error.orig, "pgcode", "unknown")
        raise CouldNotLook(f"pg_stat_statements cannot be read (SQLSTATE {state})") from None
    return tuple(
        Seen(source="statistics", text=_shown(row["query"]), calls=str(row["calls"]), milliseconds=f"{row['mean']:.2f}")
        for row in rows
        if _mentions(str(row["query"]), tables)
    )


def _sql(name: str) -> str:
    file = resources.files("fingood.monitoring") / "sql" / "postgresql" / f"{name}.sql"
    return file.read_text(encoding="utf-8")


def _mentions(text: str, tables: Collection[RelationName]) -> bool:
    return any(re.search(rf"(?<!\w){re.escape(table.name)}(?!\w)", text) for table in tables)


def _shown(text: object) -> str:
    """The statement on one line without its literals: they are other people's data."""
    return " ".join(_LITERAL.sub("?", str(text)).split())[:200]
