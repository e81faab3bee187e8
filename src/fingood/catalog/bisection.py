"""Finds the ranges of a table's key in which two databases differ, by fingerprints of ever smaller ranges.

Each round costs one scan a side, of what differed in the round before; nothing but the bounds and the numbers of at
most a few hundred ranges is held here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from sqlalchemy.engine import Connection

from fingood.catalog.digests import digest, seed_of
from fingood.catalog.forms import HashedColumn
from fingood.catalog.hashed_tables import HashedTable
from fingood.catalog.queries import run_sql
from fingood.catalog.ranges import KeyRange, Point, bucket, typed
from fingood.model.snapshot import Strength

# So few rows are downloaded rather than divided further; so many at most where all of them have to be.
FEW_ROWS = 2_000
MOST_ROWS = 100_000
_MOST_CONDITIONS = 8
# Into how many pieces what differs is divided; the next number where that did not halve it.
_PIECES = (64, 1024)


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of two databases, and the table as it is there, bound to the key that both have."""

    connection: Connection
    table: HashedTable

    def column(self, name: str) -> HashedColumn | None:
        return next((column for column in self.table.columns if column.name == name), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A range of the key with the rows that each side has in it."""

    range: KeyRange
    before: int
    after: int

    @property
    def rows(self) -> int:
        return max(self.before, self.after)


@dataclass(frozen=True, slots=True)
class _Numbers:
    rows: int = 0
    sums: tuple[str | None, ...] = field(default=())


def different_spans(before: Side, after: Side, columns: tuple[str, ...]) -> list[Span]:
    """The ranges that differ, in the key's order, divided until they hold few rows or dividing helps no more."""
    spans = [Span(range=KeyRange(), before=_count(before), after=_count(after))]
    for pieces in _PIECES:
        halved = True
        while halved and (total := _total(spans)) > FEW_ROWS:
            ranges = [span.range for span in spans]
            fuller = before if sum(span.before for span in spans) >= sum(span.after for span in spans) else after
            spans = _compare(before, after, columns, ranges, _points(fuller, ranges, -(-total // pieces)))
            halved = _total(spans) <= total // 2
    return spans


def _count(side: Side) -> int:
    return int(run_sql(side.connection, f"SELECT count(*) AS rows FROM {side.table.source}")[0]["rows"])


def _total(spans: list[Span]) -> int:
    return sum(span.rows for span in spans)


def _compare(
    before: Side, after: Side, columns: tuple[str, ...], ranges: list[KeyRange], points: list[Point]
) -> list[Span]:
    """Divides the ranges at the points, which are in order, and keeps the pieces that differ."""
    bounds = _merged(before, ranges, points)
    old, new = (_numbers(side, columns, ranges, bounds) for side in (before, after))
    edges: list[Point | None] = [None, *bounds, None]
    found = []
    for place in range(len(bounds) + 1):
        was, now = old.get(place, _Numbers()), new.get(place, _Numbers())
        if was != now:
            piece = KeyRange(after=edges[place], until=edges[place + 1])
            found.append(Span(range=piece, before=was.rows, after=now.rows))
    return found


def _merged(side: Side, ranges: list[KeyRange], points: list[Point]) -> list[Point]:
    """The bounds of the ranges and the points in the key's own order, which only the server knows."""
    bounds = {bound for piece in ranges for bound in (piece.after, piece.until) if bound is not None}
    wanted = list(dict.fromkeys([*bounds, *points]))
    if len(wanted) < 2:
        return wanted
    key = side.table.key
    values = ", ".join(f"({place}, {', '.join(typed(key, point))})" for place, point in enumerate(wanted))
    names = ", ".join(f"k{place}" for place in range(len(key)))
    query = f"SELECT place FROM (VALUES {values}) AS v (place, {names}) ORDER BY {names}"
    return [wanted[row["place"]] for row in run_sql(side.connection, query)]


def _numbers(side: Side, columns: tuple[str, ...], ranges: list[KeyRange], bounds: list[Point]) -> dict[int, _Numbers]:
    """Per piece its rows, and the sums of the hashes of their keys and of their values."""
    key = side.table.key
    seed = seed_of(key)
    hashes = [seed, *(digest(column, seed, Strength.EXACT) for name in columns if (column := side.column(name)))]
    sums = ", ".join(f"sum({sql})::text AS s{place}" for place, sql in enumerate(hashes))
    query = (
        f"SELECT {bucket(key, bounds)} AS piece, count(*) AS rows, {sums} FROM {side.table.source}"
        f" WHERE {within(key, ranges)} GROUP BY 1"
    )
    return {
        row["piece"]: _Numbers(row["rows"], tuple(row[f"s{place}"] for place in range(len(hashes))))
        for row in run_sql(side.connection, query)
    }


def _points(side: Side, ranges: list[KeyRange], step: int) -> list[Point]:
    """Every so manieth key, in order; texts are made of these alone."""
    key = side.table.key
    names = [f"k{place}" for place in range(len(key))]
    inner = ", ".join(f"{column.sql} AS {name}" for column, name in zip(key, names, strict=True))
    order = ", ".join(column.sql for column in key)
    query = (
        f"SELECT {texts_of(names)} FROM (SELECT {inner}, row_number() OVER (ORDER BY {order}) AS n"
        f" FROM {side.table.source} WHERE {within(key, ranges)}) AS q WHERE n % {step} = 0 ORDER BY n"
    )
    return [tuple(row[name] for name in names) for row in run_sql(side.connection, query)]


def within(key: tuple[HashedColumn, ...], ranges: list[KeyRange]) -> str:
    """SQL of the rows in any of the ranges, which are in order; neighbours are joined. A few can use an index; of many
    every second piece between their bounds is in one."""
    joined = list(_joined(ranges))
    if len(joined) <= _MOST_CONDITIONS:
        return " OR ".join(f"({piece.condition(key)})" for piece in joined) or "false"
    bounds = [bound for piece in joined for bound in (piece.after, piece.until) if bound is not None]
    hull = KeyRange(after=joined[0].after, until=joined[-1].until).condition(key)
    return f"{hull} AND ({bucket(key, bounds)}) % 2 = {0 if joined[0].after is None else 1}"


def _joined(ranges: list[KeyRange]) -> Iterator[KeyRange]:
    last: KeyRange | None = None
    for piece in ranges:
        if last is not None and last.until == piece.after:
            last = KeyRange(after=last.after, until=piece.until)
            continue
        if last is not None:
            yield last
        last = piece
    if last is not None:
        yield last


def texts_of(names: list[str]) -> str:
    """SQL of key values as text, by their output, not by a cast."""
    return ", ".join(f"format('%s', {sql}) AS k{place}" for place, sql in enumerate(names))
