"""A table's data in a few numbers: one query, one scan, free of the rows' order.

Per column the number of values and the sum of 64-bit hashes, each seeded with the row's key: a sum sees duplicates
(which bit_xor cancels in pairs), the seed sees two rows that swap values.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from sqlalchemy.engine import Connection

from fingood.catalog.digests import HashedColumn, digest, row_digest, seed_of
from fingood.catalog.queries import run_named, run_sql
from fingood.catalog.sqlite_fingerprint import take_sqlite_fingerprints
from fingood.model.names import RelationName
from fingood.model.snapshot import Fingerprint

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
# A target list holds at most 1,664 entries (manual, appendix K) and a column needs up to three.
_COLUMNS_AT_ONCE = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class HashedTable:
    """A table as a fingerprint reads it. ``only`` keeps out the rows of inheriting tables, which have their own."""

    name: RelationName
    columns: tuple[HashedColumn, ...]
    key: tuple[HashedColumn, ...]
    only: bool

    @property
    def source(self) -> str:
        return f"{'ONLY ' if self.only else ''}{self.name.sql} AS t"


def take_fingerprints(
    connection: Connection,
    tables: Collection[RelationName] | None = None,
    *,
    like: Mapping[RelationName, Fingerprint] | None = None,
    version_table: str = "alembic_version",
) -> Mapping[RelationName, Fingerprint]:
    """The fingerprint of each table (all of the user's tables when None). Reads only.

    ``like`` binds each table to the key of an earlier fingerprint, so that two looks stay comparable when the primary
    key itself has changed in between. Partitions are read through their root.
    """
    if connection.dialect.name == "sqlite":
        return take_sqlite_fingerprints(connection, tables, like=like or {}, version_table=version_table)
    with _pinned(connection):
        found = hashed_tables(connection, version_table=version_table)
        wanted = found if tables is None else {name: found[name] for name in tables if name in found}
        return {name: _fingerprint(connection, _bound(table, (like or {}).get(name))) for name, table in wanted.items()}


def hashed_tables(connection: Connection, *, version_table: str) -> dict[RelationName, HashedTable]:
    """What there is to fingerprint."""
    found: dict[RelationName, HashedTable] = {}
    places: dict[RelationName, list[tuple[int, HashedColumn]]] = {}
    for row in run_named(connection, "fingerprint/columns"):
        name = RelationName(row["schema"], row["table"])
        if name.name == version_table:
            continue
        table = found.get(name) or HashedTable(name=name, columns=(), key=(), only=not row["partitioned"])
        if row["name"] is not None:
            column = _column(row)
            table = replace(table, columns=(*table.columns, column))
            if row["place"] is not None:
                places.setdefault(name, []).append((row["place"], column))
        found[name] = table
    return {
        name: replace(table, key=tuple(c for _, c in sorted(places.get(name, []), key=lambda pair: pair[0])))
        for name, table in found.items()
    }


def _column(row: Mapping[str, Any]) -> HashedColumn:
    return HashedColumn(name=row["name"], type=row["type"], builtin=row["builtin"] and row["typtype"] == "b")


def _bound(table: HashedTable, like: Fingerprint | None) -> HashedTable:
    if like is None or like.key == tuple(column.name for column in table.key):
        return table
    by_name = {column.name: column for column in table.columns}
    if all(name in by_name for name in like.key):
        return replace(table, key=tuple(by_name[name] for name in like.key))
    return table


@contextmanager
def _pinned(connection: Connection) -> Iterator[None]:
    before = {name: _set(connection, name, value) for name, value in _PINNED.items()}
    try:
        yield
    finally:
        if not connection.invalidated and not _aborted(connection):
            for name, value in before.items():
                _set(connection, name, value)


def _set(connection: Connection, name: str, value: str) -> str:
    row = connection.exec_driver_sql(
        "SELECT current_setting(%s) AS before, set_config(%s, %s, false)", (name, name, value)
    ).one()
    return str(row[0])


def _aborted(connection: Connection) -> bool:
    """Whether the transaction has failed: it is rolled back anyway, and the settings with it."""
    try:
        connection.exec_driver_sql("SELECT 1")
    except Exception:  # noqa: BLE001 - the error that brought us here is already on its way
        return True
    return False


def _fingerprint(connection: Connection, table: HashedTable) -> Fingerprint:
    keyed = bool(table.key)
    seed = seed_of(table.key) if keyed else "0"
    rows, row_sum = 0, ""
    digests: dict[str, str] = {}
    sums: dict[str, Decimal] = {}
    for start in range(0, max(len(table.columns), 1), _COLUMNS_AT_ONCE):
        batch = table.columns[start : start + _COLUMNS_AT_ONCE]
        first = run_sql(connection, _query(table, batch, seed, whole=not keyed and start == 0))[0]
        rows = first["rows"]
        row_sum = str(first["row"]) if "row" in first and first["row"] is not None else row_sum
        for place, column in enumerate(batch):
            digests[column.name] = f"{first[f'n{place}']}:{first[f'h{place}'] or 0}"
            if column.is_money:
                sums[column.name] = Decimal(str(first[f"s{place}"] or 0))
    return Fingerprint(
        table=table.name,
        rows=rows,
        columns=digests,
        sums=sums,
        keyed=keyed,
        key=tuple(column.name for column in table.key),
        row=row_sum,
    )


def _query(table: HashedTable, batch: tuple[HashedColumn, ...], seed: str, *, whole: bool) -> str:
    """Key columns are hashed without the row's seed: bound to themselves they would say nothing more."""
    parts = ["count(*) AS rows"]
    if whole:
        parts.append(f"sum({row_digest(table.columns)}) AS row")
    keys = {column.name for column in table.key}
    for place, column in enumerate(batch):
        own = "0" if column.name in keys else seed
        parts.append(f"count({column.sql}) AS n{place}, sum({digest(column, own)}) AS h{place}")
        if column.is_money:
            parts.append(f"sum({column.sql}::numeric) AS s{place}")
    return f"SELECT {', '.join(parts)} FROM {table.source}"
