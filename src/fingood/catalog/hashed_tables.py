"""What there is to fingerprint: tables with their columns and keys, and the settings that keep values' texts stable."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from fingood.catalog.forms import HashedColumn
from fingood.catalog.queries import literal, load_sql, run_sql
from fingood.model.names import RelationName

# Text forms depend on these settings; row_security = off makes the server refuse rather than hide rows.
_PINNED = {
    "search_path": "",
    "datestyle": "ISO, YMD",
    "intervalstyle": "postgres",
    "timezone": "UTC",
    "extra_float_digits": "1",
    "bytea_output": "hex",
    "lc_monetary": "C",
    "row_security": "off",
    "xmloption": "content",
}
LARGE_OBJECTS = RelationName("pg_catalog", "pg_largeobject")


@dataclass(frozen=True, slots=True, kw_only=True)
class HashedTable:
    """A table as a fingerprint reads it. ``only`` keeps out the rows of inheriting tables, which have their own.
    ``unread`` says why its values cannot be read."""

    name: RelationName
    columns: tuple[HashedColumn, ...]
    key: tuple[HashedColumn, ...]
    only: bool
    unread: str = ""

    @property
    def source(self) -> str:
        return f"{'ONLY ' if self.only else ''}{self.name.sql} AS t"

    def bound_to(self, key: tuple[str, ...]) -> HashedTable:
        """The same table with these columns as its key, if it has them all; without a key for ()."""
        by_name = {column.name: column for column in self.columns}
        if key == tuple(column.name for column in self.key) or not set(key) <= by_name.keys():
            return self
        return replace(self, key=tuple(by_name[name] for name in key))


def hashed_tables(
    connection: Connection, *, version_table: str, named: Collection[RelationName] = ()
) -> dict[RelationName, HashedTable]:
    """What there is to fingerprint; partitions only where they are among the ``named``."""
    found: dict[RelationName, HashedTable] = {}
    places: dict[RelationName, list[tuple[int, HashedColumn]]] = {}
    partitions = ", ".join(f"to_regclass({literal(name.sql)})" for name in named)
    query = load_sql("postgresql", "fingerprint/columns").replace(":partitions", f"ARRAY[{partitions}]::oid[]")
    for row in run_sql(connection, query):
        name = RelationName(row["schema"], row["table"])
        if name.name == version_table:
            continue
        table = found.get(name) or _empty(name, row)
        if row["name"] is not None and not table.unread:
            column = _column(row)
            table = replace(table, columns=(*table.columns, column))
            if row["place"] is not None:
                places.setdefault(name, []).append((row["place"], column))
        found[name] = table
    return {
        name: replace(table, key=tuple(c for _, c in sorted(places.get(name, []), key=lambda pair: pair[0])))
        for name, table in found.items()
    }


def _empty(name: RelationName, row: Mapping[str, Any]) -> HashedTable:
    unread = "" if row["readable"] else "large objects can be read by a superuser only, they were counted"
    return HashedTable(name=name, columns=(), key=(), only=not row["partitioned"], unread=unread)


def _column(row: Mapping[str, Any]) -> HashedColumn:
    return HashedColumn(
        name=row["name"],
        type=row["type"],
        builtin=row["builtin"] and row["typtype"] == "b",
        required=row["required"],
        declared=row["declared"],
        modifier=row["modifier"],
        collation=row["collation"] or "",
    )


@contextmanager
def pinned(connection: Connection) -> Iterator[None]:
    """The settings that values' texts depend on, put back afterwards."""
    before = _set(connection, _PINNED)
    try:
        yield
    finally:
        if not connection.invalidated and not _aborted(connection):
            _set(connection, before)


def _set(connection: Connection, values: Mapping[str, str]) -> dict[str, str]:
    """Sets them for the session in one round trip; returns what they were."""
    names = tuple(values)
    selected = ", ".join("current_setting(%s)" for _ in names)
    before = connection.exec_driver_sql(f"SELECT {selected}", names).one()
    changed = ", ".join("set_config(%s, %s, false)" for _ in names)
    connection.exec_driver_sql(f"SELECT {changed}", tuple(part for pair in values.items() for part in pair))
    return dict(zip(names, map(str, before), strict=True))


def _aborted(connection: Connection) -> bool:
    """Whether the transaction has failed: it is rolled back anyway, and the settings with it."""
    try:
        connection.exec_driver_sql("SELECT 1")
    except DBAPIError:
        return True
    return False
