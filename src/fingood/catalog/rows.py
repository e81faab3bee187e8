"""Which rows of one column differ between two databases, by key: what a fingerprint cannot say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy.engine import Connection

from fingood.catalog.queries import run_sql
from fingood.model.names import RelationName, quote_always

# Beyond this many rows only the first by key are compared.
MOST_ROWS = 200_000


@dataclass(frozen=True, slots=True, kw_only=True)
class DifferentRow:
    """A row's key and its value as text on both sides, None for NULL or where the row or column is not there."""

    key: tuple[str, ...]
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DifferentRows:
    """How many rows differ, and the first of them. ``complete`` is False where only part of the table was compared."""

    count: int
    first: tuple[DifferentRow, ...]
    complete: bool = True


def find_different_rows(
    before: Connection, after: Connection, table: RelationName, key: tuple[str, ...], column: str, *, limit: int = 3
) -> DifferentRows:
    """Compares one column of a table with a key, by the exact text of its values."""
    old = _values(before, table, key, column)
    new = _values(after, table, key, column)
    found = [
        DifferentRow(key=row, before=value, after=new.get(row))
        for row, value in old.items()
        if row not in new or new[row] != value
    ]
    return DifferentRows(count=len(found), first=tuple(found[:limit]), complete=len(old) < MOST_ROWS)


def _values(
    connection: Connection, table: RelationName, key: tuple[str, ...], column: str
) -> dict[tuple[str, ...], str | None]:
    keys = [quote_always(name) for name in key]
    value = quote_always(column)
    if connection.dialect.name == "postgresql":
        # Not ::text, which strips char(n)'s padding and may be a user's own cast.
        shown = f"CASE WHEN {value} IS DISTINCT FROM NULL THEN format('%s', {value}) END"
    else:
        shown = f"CAST({value} AS text)"
    selected = ", ".join(f"CAST({name} AS text) AS k{place}" for place, name in enumerate(keys))
    query = f"SELECT {selected}, {shown} AS v FROM {table.sql} ORDER BY {', '.join(keys)} LIMIT {MOST_ROWS}"
    if not _has_columns(connection, table, (*key, column)):
        return {}
    return {tuple(str(row[f"k{place}"]) for place in range(len(key))): row["v"] for row in run_sql(connection, query)}


def _has_columns(connection: Connection, table: RelationName, columns: tuple[str, ...]) -> bool:
    from sqlalchemy import inspect
    from sqlalchemy.exc import NoSuchTableError

    try:
        found: list[Any] = list(inspect(connection).get_columns(table.name, schema=table.schema))
    except NoSuchTableError:
        return False
    return set(columns) <= {column["name"] for column in found}
