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
# An expression list of a function or ARRAY may be long, but planning grows with it.
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
        return _fingerprints(connection, [_bound(table, (like or {}).get(name)) for name, table in wanted.items()])


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
    except Exception:  # noqa: BLE001 - the error that brought us here is already on its way
        return True
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """Some columns of one table, as one SELECT: its rows, its whole-row hash, and an array of texts, three a column."""

    table: HashedTable
    columns: tuple[HashedColumn, ...]
    first: bool

    def select(self, place: int) -> str:
        """Key columns are hashed without the row's seed: bound to themselves they would say nothing more."""
        table = self.table
        keys = {column.name for column in table.key}
        seed = seed_of(table.key) if table.key else "0"
        texts = []
        for column in self.columns:
            own = "0" if column.name in keys else seed
            total = f"sum({column.sql}::numeric)::text" if column.is_money else "NULL"
            texts += [f"count({column.sql})::text", f"sum({digest(column, own)})::text", total]
        whole = f"sum({row_digest(table.columns)})::text" if self.first and not table.key else "NULL"
        return (
            f"SELECT {place} AS place, count(*) AS rows, {whole} AS whole, ARRAY[{', '.join(texts)}]::text[] AS texts"
            f" FROM {table.source}"
        )


def _fingerprints(connection: Connection, tables: list[HashedTable]) -> dict[RelationName, Fingerprint]:
    """Many small tables share a query: for them the round trip is what costs."""
    found: dict[RelationName, Fingerprint] = {}
    for batch in _batches(_parts(tables)):
        query = " UNION ALL ".join(part.select(place) for place, part in enumerate(batch))
        for row in run_sql(connection, query):
            part = batch[row["place"]]
            name = part.table.name
            found[name] = _merged(found.get(name), _fingerprint(part, row))
    return {table.name: found[table.name] for table in tables}


def _parts(tables: list[HashedTable]) -> Iterator[_Part]:
    for table in tables:
        for start in range(0, max(len(table.columns), 1), _COLUMNS_AT_ONCE):
            yield _Part(table=table, columns=table.columns[start : start + _COLUMNS_AT_ONCE], first=start == 0)


def _batches(parts: Iterator[_Part]) -> Iterator[list[_Part]]:
    batch: list[_Part] = []
    for part in parts:
        if batch and sum(len(p.columns) for p in batch) + len(part.columns) > _COLUMNS_AT_ONCE:
            yield batch
            batch = []
        batch.append(part)
    if batch:
        yield batch


def _fingerprint(part: _Part, row: Mapping[str, Any]) -> Fingerprint:
    digests: dict[str, str] = {}
    sums: dict[str, Decimal] = {}
    for place, column in enumerate(part.columns):
        filled, hashed, total = row["texts"][place * 3 : place * 3 + 3]
        digests[column.name] = f"{filled}:{hashed or 0}"
        if column.is_money:
            sums[column.name] = Decimal(total or 0)
    return Fingerprint(
        table=part.table.name,
        rows=row["rows"],
        columns=digests,
        sums=sums,
        keyed=bool(part.table.key),
        key=tuple(column.name for column in part.table.key),
        row=row["whole"] or "",
    )


def _merged(one: Fingerprint | None, other: Fingerprint) -> Fingerprint:
    """Two parts of one table's columns."""
    if one is None:
        return other
    return replace(
        one, columns={**one.columns, **other.columns}, sums={**one.sums, **other.sums}, row=one.row or other.row
    )
