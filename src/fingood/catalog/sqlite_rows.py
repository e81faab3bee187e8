"""The rows of a SQLite table by key, as far as they are compared row by row."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from sqlalchemy.engine import Connection

from fingood.catalog.queries import literal, run_sql
from fingood.model.names import RelationName, quote_always


@dataclass(frozen=True, slots=True, kw_only=True)
class SqliteRows:
    """``identities`` tell values apart with their storage class, by key and by which of several rows with that key;
    ``texts`` are the same values as people read them."""

    identities: dict[tuple[tuple[str, ...], int], tuple[str | None, ...]]
    texts: dict[tuple[str, ...], tuple[str | None, ...]]

    def text(self, key: tuple[str, ...], place: int) -> str | None:
        return self.texts[key][place] if key in self.texts else None


def read_sqlite_rows(
    connection: Connection, table: RelationName, key: tuple[str, ...], columns: tuple[str, ...], most: int
) -> SqliteRows | None:
    """The first rows by key, at most so many. None where the table or a key column is not there; a column that is not
    there has no values."""
    listed = run_sql(connection, f"SELECT name FROM pragma_table_xinfo({literal(table.name)})")
    there = {row["name"] for row in listed}
    if not key or not set(key) <= there:
        return None
    selected = [quote_always(name) if name in there else "NULL" for name in (*key, *columns)]
    order = ", ".join(quote_always(name) for name in key)
    result = connection.exec_driver_sql(
        f"SELECT {', '.join(selected)} FROM {table.sql} ORDER BY {order} LIMIT {most}",
        execution_options={"no_parameters": True},
    )
    found = SqliteRows(identities={}, texts={})
    seen: Counter[tuple[str, ...]] = Counter()
    for row in result:
        point = tuple(_text(value) or "" for value in row[: len(key)])
        values = row[len(key) :]
        found.identities[point, seen[point]] = tuple(
            None if value is None else f"{type(value).__name__} {value!r}" for value in values
        )
        found.texts.setdefault(point, tuple(_text(value) for value in values))
        seen[point] += 1
    return found


def _text(value: object) -> str | None:
    if value is None:
        return None
    return value.hex() if isinstance(value, bytes) else str(value)
