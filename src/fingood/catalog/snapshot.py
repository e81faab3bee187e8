"""A schema as the server knows it: every object with its properties as stable text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from functools import lru_cache
from typing import Any

from sqlalchemy.engine import Connection

from fingood.catalog.queries import load_sql, names_of_sql, planned_once, run_named, run_rows, run_sql
from fingood.catalog.sqlite_snapshot import read_sqlite_objects
from fingood.model.names import RelationName, quote, quote_always
from fingood.model.snapshot import ObjectKey, Snapshot

_NAMING = frozenset({"kind", "path", "signature", "of", "readable"})
_RARE = re.compile(r"THEN '(\w+)' END")
_SEQUENCES = "snapshot/sequences"
_SEQUENCES_AT_ONCE = 500

Names = tuple[str, ...]
Rows = Sequence[Sequence[Any]]


def take_snapshot(
    connection: Connection, *, version_table: str = "alembic_version", prepared: bool = False
) -> Snapshot:
    """The whole schema, in one query a kind, without OIDs, attribute numbers or anything else that moves by itself.

    Alembic's version table is left out, as are system and temporary schemas and what belongs to an extension.
    Texts of definitions are the server's own: only snapshots of one server may be compared. ``prepared`` spares the
    server a quarter of the work from the second snapshot on a connection on, but a pooler in between may not bear it.
    """
    if connection.dialect.name == "sqlite":
        return Snapshot(
            dialect="sqlite", server_version=0, objects=read_sqlite_objects(connection, version_table=version_table)
        )
    with qualified_names(connection):
        with planned_once(connection) if prepared else nullcontext():
            found = {name: run_rows(connection, load_sql("postgresql", name)) for name in _kinds(connection)}
        found[_SEQUENCES] = _with_positions(connection, *found[_SEQUENCES])
    version = run_sql(connection, "SELECT current_setting('server_version_num')::int AS v")[0]["v"]
    objects = {key: props for rows in found.values() for key, props in _objects(*rows, version_table)}
    return Snapshot(dialect="postgresql", server_version=version, objects=dict(sorted(objects.items(), key=_place)))


@contextmanager
def qualified_names(connection: Connection) -> Iterator[None]:
    """An empty search_path, so that the server prints every name with its schema; put back afterwards."""
    before = run_sql(connection, "SELECT current_setting('search_path') AS path")[0]["path"]
    connection.exec_driver_sql("SELECT set_config('search_path', '', false)")
    try:
        yield
    finally:
        if not connection.invalidated:
            connection.exec_driver_sql("SELECT set_config('search_path', %s, false)", (before,))


@lru_cache(maxsize=1 << 16)
def object_name(*parts: str) -> str:
    """A qualified name as snapshots and fingerprints spell it."""
    return ".".join(quote(part) for part in parts)


def parts_of(table: RelationName) -> tuple[str, ...]:
    """A table's name as the parts of a snapshot's name."""
    return (table.name,) if table.schema is None else (table.schema, table.name)


def _kinds(connection: Connection) -> list[str]:
    """The files to run: all but those of rare kinds of which there is nothing."""
    there = set(run_named(connection, "rare_kinds")[0]["kinds"])
    rare = set(_RARE.findall(load_sql("postgresql", "rare_kinds")))
    names = names_of_sql("postgresql", "snapshot")
    return [f"snapshot/{name}" for name in names if name not in rare or name in there]


def _objects(names: Names, rows: Rows, version_table: str) -> Iterator[tuple[ObjectKey, dict[str, str]]]:
    """Each object with its properties: the row's columns as text, without what is NULL or empty. ``of`` names the table
    it belongs to."""
    kind, path = names.index("kind"), names.index("path")
    of, signature = _place_in(names, "of"), _place_in(names, "signature")
    told = [(place, name) for place, name in enumerate(names) if name not in _NAMING]
    for row in rows:
        owner = None if of is None else row[of]
        table = row[path] if row[kind] == "table" else owner
        if table and table[-1] == version_table:
            continue
        found = {name: _text(row[place]) for place, name in told if row[place] is not None and row[place] != ""}
        if owner and None not in owner:
            found["of"] = object_name(*owner)
        signed = row[signature] or "" if signature is not None else ""
        yield ObjectKey(row[kind], object_name(*row[path]) + signed), found


def _place_in(names: Names, name: str) -> int | None:
    return names.index(name) if name in names else None


def _text(value: object) -> str:
    if type(value) is str:
        return value
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def _place(entry: tuple[ObjectKey, object]) -> tuple[str, str]:
    return entry[0].kind, entry[0].name


def _with_positions(connection: Connection, names: Names, rows: Rows) -> tuple[Names, Rows]:
    """The sequences with each one's next value, which pg_sequence_last_value hides until the first call."""
    path, increment, readable = names.index("path"), names.index("increment"), names.index("readable")
    asked = [place for place, row in enumerate(rows) if row[readable]]
    found: dict[int, int] = {}
    for start in range(0, len(asked), _SEQUENCES_AT_ONCE):
        selects = (
            f"SELECT {place} AS place, last_value, is_called FROM {'.'.join(map(quote_always, rows[place][path]))}"
            for place in asked[start : start + _SEQUENCES_AT_ONCE]
        )
        for place, last_value, is_called in run_rows(connection, " UNION ALL ".join(selects))[1]:
            found[place] = last_value + (rows[place][increment] if is_called else 0)
    return (*names, "next value"), [(*row, found.get(place)) for place, row in enumerate(rows)]
