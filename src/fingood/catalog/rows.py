"""Which rows and values of a table differ between two databases, by key: what a fingerprint cannot say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation

from sqlalchemy.engine import Connection

from fingood.catalog.bisection import MOST_ROWS, Side, Span, different_spans, texts_of, within
from fingood.catalog.digests import digest
from fingood.catalog.forms import HashedColumn
from fingood.catalog.hashed_tables import hashed_tables, pinned
from fingood.catalog.queries import run_sql
from fingood.catalog.ranges import Point, is_at
from fingood.catalog.sqlite_rows import SqliteRows, read_sqlite_rows
from fingood.model.names import RelationName

# Key, and which of several rows with that key, where it is no longer unique.
_Place = tuple[Point, int]
_Rows = Mapping[_Place, tuple[str | None, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class DifferentRow:
    """A row's key and its value as text on both sides, None for NULL or where the row or column is not there."""

    key: tuple[str, ...]
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DifferentColumn:
    """How many values differ, and the first of them by key. ``scales`` are the digits after the point before and after,
    where all that differ are the same numbers otherwise and all alike."""

    count: int
    first: tuple[DifferentRow, ...] = ()
    scales: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DifferentRows:
    """How a table's rows differ: how many there were, how many are missing or added, with the first keys of each, and
    each column's values of rows that are on both sides, or were, where the column is gone.

    ``complete`` is False where only part of the table was compared: then all counts are lower bounds.
    """

    rows: int
    missing: int = 0
    added: int = 0
    missing_keys: tuple[Point, ...] = ()
    added_keys: tuple[Point, ...] = ()
    columns: Mapping[str, DifferentColumn] = field(default_factory=dict)
    complete: bool = True


def find_different_rows(
    before: Connection,
    after: Connection,
    table: RelationName,
    key: tuple[str, ...],
    columns: tuple[str, ...],
    *,
    limit: int = 3,
) -> DifferentRows | None:
    """Compares columns of a table with a key by the exact identity of their values; at most ``limit`` rows are shown a
    column. None where the table or the key is not on both sides, or the key is of another type: then no row has a
    counterpart. Reads only; large tables are narrowed down by fingerprints first, and never downloaded whole."""
    if before.dialect.name == "sqlite":
        old_rows, new_rows = (read_sqlite_rows(one, table, key, columns, MOST_ROWS) for one in (before, after))
        return _in_sqlite(old_rows, new_rows, columns, limit)
    with ExitStack() as stack:
        for connection in (before, after):
            stack.enter_context(pinned(connection))
        old, new = _side(before, table, key), _side(after, table, key)
        if old is None or new is None or _kinds(old) != _kinds(new):
            return None
        return _find(old, new, columns, limit)


def _side(connection: Connection, table: RelationName, key: tuple[str, ...]) -> Side | None:
    found = hashed_tables(connection, version_table="", named=(table,)).get(table)
    if found is None or not key:
        return None
    bound = found.bound_to(key)
    return Side(connection=connection, table=bound) if tuple(c.name for c in bound.key) == key else None


_ALIKE = {"int2": "integer", "int4": "integer", "int8": "integer", "varchar": "text"}


def _kinds(side: Side) -> list[tuple[str, str]]:
    """What the order of keys depends on."""
    return [(_ALIKE.get(column.type, column.type), column.collation) for column in side.table.key]


def _find(old: Side, new: Side, columns: tuple[str, ...], limit: int) -> DifferentRows:
    there = [name for name in columns if old.column(name)]
    common = tuple(name for name in there if new.column(name))
    lost = {name: _lost(old, column, limit) for name in there if (column := old.column(name)) and name not in common}
    spans = different_spans(old, new, common)
    taken, complete = _affordable(spans)
    pairs = [_download(side, common, taken) for side in (old, new)]
    found = _compared(pairs[0], pairs[1], common, limit)
    shown = {name: replace(one, first=_shown(old, new, name, one.first)) for name, one in found.columns.items()}
    rows = int(run_sql(old.connection, f"SELECT count(*) AS rows FROM {old.table.source}")[0]["rows"])
    return replace(found, rows=rows, columns={**shown, **lost}, complete=complete)


def _affordable(spans: list[Span]) -> tuple[list[Span], bool]:
    """The spans from the first on that may be downloaded, at least one, and whether these are all."""
    if sum(span.rows for span in spans) <= MOST_ROWS:
        return spans, True
    taken: list[Span] = []
    for span in spans:
        if taken and sum(one.rows for one in [*taken, span]) > MOST_ROWS:
            break
        taken.append(span)
    return taken, False


def _download(side: Side, columns: tuple[str, ...], spans: list[Span]) -> _Rows:
    """The rows' keys, and of each value what tells it from others: numbers as they are, others as a hash."""
    key = side.table.key
    names = [column.sql for column in key]
    values = ["" for _ in columns]
    for place, name in enumerate(columns):
        column = side.column(name)
        assert column is not None
        values[place] = f", {_telling(column)} AS v{place}"
    query = (
        f"SELECT {texts_of(names)}{''.join(values)} FROM {side.table.source}"
        f" WHERE {within(key, [span.range for span in spans])}"
        f" ORDER BY {', '.join(names)}{''.join(f', v{place}' for place in range(len(columns)))}"
    )
    found: dict[_Place, tuple[str | None, ...]] = {}
    seen: Counter[Point] = Counter()
    for row in run_sql(side.connection, query):
        point = tuple(row[f"k{place}"] for place in range(len(key)))
        found[point, seen[point]] = tuple(row[f"v{place}"] for place in range(len(columns)))
        seen[point] += 1
    return found


def _telling(column: HashedColumn) -> str:
    return f"textin(numeric_out({column.sql}))" if _is_numeric(column) else f"({digest(column, '0')})::text"


def _is_numeric(column: HashedColumn) -> bool:
    return column.builtin and column.type == "numeric"


def _compared(old: _Rows, new: _Rows, columns: tuple[str, ...], limit: int) -> DifferentRows:
    missing = [place[0] for place in old if place not in new]
    added = [place[0] for place in new if place not in old]
    found = {}
    for number, name in enumerate(columns):
        changed = [place for place, values in old.items() if place in new and values[number] != new[place][number]]
        if changed:
            pairs = ((old[place][number], new[place][number]) for place in changed)
            first = tuple(DifferentRow(key=place[0], before=None, after=None) for place in changed[:limit])
            found[name] = DifferentColumn(count=len(changed), first=first, scales=_only_scales(pairs))
    return DifferentRows(
        rows=0,
        missing=len(missing),
        added=len(added),
        missing_keys=tuple(missing[:limit]),
        added_keys=tuple(added[:limit]),
        columns=found,
    )


def _only_scales(pairs: Iterator[tuple[str | None, str | None]]) -> tuple[int, int] | None:
    """The one pair of scales where all are equal numbers written with another number of digits. Hashes of other types
    look like numbers too, but two different ones are never equal."""
    scales = set()
    for before, after in pairs:
        if before is None or after is None or not _same_number(before, after):
            return None
        scales.add((len(before.partition(".")[2]), len(after.partition(".")[2])))
        if len(scales) > 1:
            return None
    return next(iter(scales), None)


def _same_number(before: str, after: str) -> bool:
    try:
        return Decimal(before) == Decimal(after)
    except InvalidOperation:
        return False


def _shown(old: Side, new: Side, name: str, rows: tuple[DifferentRow, ...]) -> tuple[DifferentRow, ...]:
    """The same rows with their values as people read them."""
    was, now = (_texts(side, name, [row.key for row in rows]) for side in (old, new))
    return tuple(replace(row, before=was.get(row.key), after=now.get(row.key)) for row in rows)


def _texts(side: Side, name: str, points: list[Point]) -> dict[Point, str | None]:
    key, column = side.table.key, side.column(name)
    assert column is not None
    wanted = " OR ".join(f"({is_at(key, point)})" for point in points)
    query = f"SELECT {texts_of([one.sql for one in key])}, {_text(column)} AS v FROM {side.table.source} WHERE {wanted}"
    return {tuple(row[f"k{place}"] for place in range(len(key))): row["v"] for row in run_sql(side.connection, query)}


def _text(column: HashedColumn) -> str:
    return f"CASE WHEN {column.sql} IS DISTINCT FROM NULL THEN format('%s', {column.sql}) END"


def _lost(old: Side, column: HashedColumn, limit: int) -> DifferentColumn:
    """A column that is gone: all its values are."""
    key = old.table.key
    order = ", ".join(one.sql for one in key)
    filled = f"FROM {old.table.source} WHERE {column.sql} IS DISTINCT FROM NULL"
    count = run_sql(old.connection, f"SELECT count(*) AS rows {filled}")[0]["rows"]
    query = f"SELECT {texts_of([one.sql for one in key])}, {_text(column)} AS v {filled} ORDER BY {order} LIMIT {limit}"
    first = (
        DifferentRow(key=tuple(row[f"k{place}"] for place in range(len(key))), before=row["v"], after=None)
        for row in run_sql(old.connection, query)
    )
    return DifferentColumn(count=int(count), first=tuple(first))


def _in_sqlite(
    old: SqliteRows | None, new: SqliteRows | None, columns: tuple[str, ...], limit: int
) -> DifferentRows | None:
    if old is None or new is None:
        return None
    found = _compared(old.identities, new.identities, columns, limit)
    shown = {}
    for name, one in found.columns.items():
        place = columns.index(name)
        rows = (replace(row, before=old.text(row.key, place), after=new.text(row.key, place)) for row in one.first)
        shown[name] = replace(one, first=tuple(rows))
    complete = max(len(old.identities), len(new.identities)) < MOST_ROWS
    return replace(found, rows=len(old.identities), columns=shown, complete=complete)
