"""A table's data in a few numbers: one query, one scan, free of the rows' order.

Per column the number of values and the sum of 64-bit hashes, each seeded with the row's key: a sum sees duplicates
(which bit_xor cancels in pairs), the seed sees two rows that swap values. Sums and counts let the server scan in
parallel, and they add up over chunks, partitions and shards.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from sqlalchemy.engine import Connection

from fingood.catalog.digests import SECOND, is_simple, prepared, row_digest, seed_of
from fingood.catalog.forms import FORMULA, Form, HashedColumn, form_of
from fingood.catalog.formulas import require_known_formulas
from fingood.catalog.hashed_tables import HashedTable, hashed_tables, pinned
from fingood.catalog.queries import run_sql
from fingood.catalog.ranges import KeyRange
from fingood.catalog.sqlite_fingerprint import take_sqlite_fingerprints
from fingood.errors import InternalError
from fingood.model.names import RelationName
from fingood.model.snapshot import Fingerprint, Strength

# An expression list of a function or ARRAY may be long, but planning grows with it.
_COLUMNS_AT_ONCE = 400
_STARTS = (0, SECOND)
_FENCE = "CASE WHEN false THEN clock_timestamp() END AS fence"


def take_fingerprints(
    connection: Connection,
    tables: Collection[RelationName] | None = None,
    *,
    like: Mapping[RelationName, Fingerprint] | None = None,
    strength: Strength = Strength.EXACT,
    within: KeyRange | None = None,
    version_table: str = "alembic_version",
    sums: bool = True,
) -> Mapping[RelationName, Fingerprint]:
    """The fingerprint of each table (all of the user's tables when None). Reads only.

    ``like`` takes each table by the formula and strength of an earlier fingerprint and binds it to that one's key, so
    that two looks stay comparable when the library or the primary key itself has changed in between. Partitions are
    read through their root, or by themselves when named. ``within`` takes part of each table, which must have a key;
    :func:`add_up` adds parts. SQLite has one strength and no parts.
    ``sums`` False leaves the sums of money to who takes them anyway.

    Raises CouldNotLook where ``like`` has a formula that this version does not know.
    """
    like = like or {}
    require_known_formulas(like.values())
    if connection.dialect.name == "sqlite":
        return take_sqlite_fingerprints(connection, tables, like=like, version_table=version_table)
    with pinned(connection):
        found = hashed_tables(connection, version_table=version_table, named=tables or ())
        wanted = found if tables is None else {name: found[name] for name in tables if name in found}
        looks = [_look(table, like.get(name), strength) for name, table in wanted.items()]
        return _fingerprints(connection, looks, within, sums)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """A table with its key, and how it is looked at."""

    table: HashedTable
    strength: Strength
    formula: str


def _look(table: HashedTable, like: Fingerprint | None, strength: Strength) -> _Look:
    if like is None:
        return _Look(table=table, strength=strength, formula=FORMULA)
    return _Look(table=table.bound_to(like.key), strength=like.strength, formula=like.formula)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """Some columns of one table, as one SELECT: its rows, its whole-row hashes, and an array of texts, some a
    column."""

    look: _Look
    columns: tuple[HashedColumn, ...]
    first: bool
    within: KeyRange | None = None
    sums: bool = True

    @property
    def table(self) -> HashedTable:
        return self.look.table

    @property
    def strength(self) -> Strength:
        return self.look.strength

    @property
    def width(self) -> int:
        """How many texts a column has: how many values, their hashes, their sum."""
        return self.strength.hashes + 2

    def form(self, column: HashedColumn) -> Form:
        return form_of(column, self.strength, self.look.formula)

    def prepared(self, column: HashedColumn) -> str:
        return prepared(column, self.strength, self.look.formula)

    def select(self, place: int) -> str:
        """The part's query, told apart from others by its place among them."""
        # Ranges come once; whole tables come again, mostly as they were.
        return f"SELECT {place} AS place, {self.told() if self.within else _told_of(self)}"

    def told(self) -> str:
        """What is selected, and from where. Key columns are hashed without the row's seed: bound to themselves they
        would say nothing more."""
        if self.table.unread:
            counted = "count(*) AS rows, NULL::text[] AS whole, NULL::text[] AS texts"
            return f"{counted} FROM pg_catalog.pg_largeobject_metadata"
        reader = self._nested() if self._is_worth_nesting() else self._flat()
        keys = {column.name for column in self.table.key}
        texts = []
        for column, value, raw in zip(self.columns, reader.values, reader.raw, strict=True):
            seeds = self._starts() if column.name in keys else reader.seeds
            form = self.form(column)
            texts.append("NULL" if column.required else f"count({raw})::text")
            texts += [f"sum({form.sql(value, seed)})::text" for seed in seeds]
            texts.append(f"sum({raw}::numeric)::text" if self.is_summed(column) else "NULL")
        whole = ", ".join(f"sum({sql})::text" for sql in reader.whole)
        return (
            f"count(*) AS rows, ARRAY[{whole}]::text[] AS whole,"
            f" ARRAY[{', '.join(texts)}]::text[] AS texts FROM {reader.source}"
        )

    def is_summed(self, column: HashedColumn) -> bool:
        return self.sums and column.is_money

    def _is_worth_nesting(self) -> bool:
        """Whether something costly is needed twice in a row: a key's hash by several columns, a text by two hashes."""
        if self.table.key and not is_simple(self.table.key):
            return True
        twice = self.strength.hashes > 1
        return twice and any(self.form(column).is_prepared for column in self.columns)

    def _flat(self) -> _Reader:
        values = tuple(self.prepared(column) for column in self.columns)
        raw = tuple(column.sql for column in self.columns)
        return _Reader(seeds=self._seeds(), values=values, raw=raw, whole=self._whole(), source=self._source())

    def _nested(self) -> _Reader:
        """An inner query with a volatile function is not pulled up, which would evaluate it twice after all; this one
        is folded away afterwards. OFFSET 0 would do as much, but leaves the hashing to a single process."""
        inner: list[str] = []

        def once(sql: str) -> str:
            inner.append(f"{sql} AS i{len(inner)}")
            return f"t.i{len(inner) - 1}"

        values, raw = [], []
        for column in self.columns:
            raw.append(once(column.sql))
            values.append(once(self.prepared(column)) if self.form(column).is_prepared else raw[-1])
        seeds = self._seeds()
        if self.table.key:
            seeds = tuple(once(seed) for seed in seeds)
        whole = tuple(once(sql) for sql in self._whole())
        source = f"(SELECT {', '.join([*inner, _FENCE])} FROM {self._source()}) AS t"
        return _Reader(seeds=seeds, values=tuple(values), raw=tuple(raw), whole=whole, source=source)

    def _seeds(self) -> tuple[str, ...]:
        key = self.table.key
        return tuple(seed_of(key, start) for start in _STARTS[: self.strength.hashes]) if key else self._starts()

    def _starts(self) -> tuple[str, ...]:
        return tuple(map(str, _STARTS[: self.strength.hashes]))

    def _whole(self) -> tuple[str, ...]:
        """Whole rows where nothing else ties their columns together; of several key columns, whole keys."""
        if not self.first or len(self.table.key) == 1:
            return ()
        if self.table.key:
            return self._seeds()
        starts = _STARTS[: self.strength.hashes]
        return tuple(row_digest(self.table.columns, self.strength, self.look.formula, start) for start in starts)

    def _source(self) -> str:
        if self.within is None:
            return self.table.source
        if not self.table.key:
            raise InternalError(f"{self.table.name} has no key, so it has no ranges")
        return f"{self.table.source} WHERE {self.within.condition(self.table.key)}"


@lru_cache(maxsize=1024)
def _told_of(part: _Part) -> str:
    return part.told()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reader:
    """Where a part's numbers are read from: SQL of the row's seeds, of each column's value as its hash takes it and as
    it is, and of the hashes of the whole row."""

    seeds: tuple[str, ...]
    values: tuple[str, ...]
    raw: tuple[str, ...]
    whole: tuple[str, ...]
    source: str


def _fingerprints(
    connection: Connection, looks: list[_Look], within: KeyRange | None, sums: bool
) -> dict[RelationName, Fingerprint]:
    """Many small tables share a query: for them the round trip is what costs."""
    found: dict[RelationName, Fingerprint] = {}
    for batch in _batches(_parts(looks, within, sums)):
        query = " UNION ALL ".join(part.select(place) for place, part in enumerate(batch))
        for row in run_sql(connection, query):
            part = batch[row["place"]]
            name = part.table.name
            found[name] = _merged(found.get(name), _fingerprint(part, row))
    return {look.table.name: found[look.table.name] for look in looks}


def _parts(looks: list[_Look], within: KeyRange | None, sums: bool) -> Iterator[_Part]:
    for look in looks:
        for start in range(0, max(len(look.table.columns), 1), _COLUMNS_AT_ONCE):
            columns = look.table.columns[start : start + _COLUMNS_AT_ONCE]
            yield _Part(look=look, columns=columns, first=start == 0, within=within, sums=sums)


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
    sums: dict[str, str] = {}
    for place, column in enumerate(part.columns):
        filled, *hashes, total = row["texts"][place * part.width : (place + 1) * part.width]
        digests[column.name] = ":".join([filled or str(row["rows"]), *(hashed or "0" for hashed in hashes)])
        if part.is_summed(column):
            sums[column.name] = total or "0"
    return Fingerprint(
        table=part.table.name,
        rows=row["rows"],
        columns=digests,
        sums=sums,
        keyed=bool(part.table.key),
        formula=part.look.formula,
        strength=part.strength,
        key=tuple(column.name for column in part.table.key),
        row=":".join(hashed or "0" for hashed in row["whole"] or ()),
        unread=part.table.unread,
    )


def _merged(one: Fingerprint | None, other: Fingerprint) -> Fingerprint:
    """Two parts of one table's columns."""
    if one is None:
        return other
    return replace(
        one, columns={**one.columns, **other.columns}, sums={**one.sums, **other.sums}, row=one.row or other.row
    )
