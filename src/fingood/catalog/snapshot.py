"""A schema as the server knows it: every object with its properties as stable text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from typing import Any

from sqlalchemy.engine import Connection

from fingood.catalog.queries import load_sql, names_of_sql, planned_once, run_named, run_sql
from fingood.catalog.sqlite_snapshot import read_sqlite_objects
from fingood.model.names import RelationName, quote, quote_always
from fingood.model.snapshot import ObjectKey, Snapshot

_NAMING = frozenset({"kind", "path", "signature", "of", "readable"})
_RARE = re.compile(r"THEN '(\w+)' END")
_SEQUENCES_AT_ONCE = 500


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
            found = [row for name in _kinds(connection) for row in run_named(connection, f"snapshot/{name}")]
        _read_positions(connection, [row for row in found if row["kind"] == "sequence"])
    version = run_sql(connection, "SELECT current_setting('server_version_num')::int AS v")[0]["v"]
    objects = {_key(row): _properties(row) for row in found if not _is_version_table(row, version_table)}
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
    return [name for name in names_of_sql("postgresql", "snapshot") if name not in rare or name in there]


def _key(row: Mapping[str, Any]) -> ObjectKey:
    return ObjectKey(row["kind"], object_name(*row["path"]) + (row.get("signature") or ""))


def _properties(row: Mapping[str, Any]) -> dict[str, str]:
    """The row's columns as text; what is NULL or empty is absent. ``of`` names the table it belongs to."""
    found = {name: _text(value) for name, value in row.items() if name not in _NAMING and value not in (None, "")}
    owner = row.get("of")
    if owner and None not in owner:
        found["of"] = object_name(*owner)
    return found


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def _place(entry: tuple[ObjectKey, object]) -> tuple[str, str]:
    return entry[0].kind, entry[0].name


def _is_version_table(row: Mapping[str, Any], version_table: str) -> bool:
    if row["kind"] == "table":
        return bool(row["path"][-1] == version_table)
    owner = row.get("of")
    return bool(owner and owner[-1] == version_table)


def _read_positions(connection: Connection, sequences: list[dict[str, Any]]) -> None:
    """Fills in each sequence's next value, which pg_sequence_last_value hides until the first call."""
    readable = [row for row in sequences if row["readable"]]
    for start in range(0, len(readable), _SEQUENCES_AT_ONCE):
        batch = readable[start : start + _SEQUENCES_AT_ONCE]
        selects = (
            f"SELECT {place} AS place, last_value, is_called FROM {'.'.join(quote_always(p) for p in row['path'])}"
            for place, row in enumerate(batch)
        )
        for position in run_sql(connection, " UNION ALL ".join(selects)):
            row = batch[position["place"]]
            step = row["increment"] if position["is_called"] else 0
            row["next value"] = position["last_value"] + step
