"""Ranges of a table's key: part of a table, in the key's own order."""

from __future__ import annotations

from dataclasses import dataclass

from fingood.catalog.forms import HashedColumn
from fingood.catalog.queries import literal

Point = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRange:
    """The rows whose key is above ``after`` up to and including ``until``: key values as the server prints them, one a
    key column; None is no bound. Ranges that share bounds share no row and leave none out."""

    after: Point | None = None
    until: Point | None = None

    def condition(self, key: tuple[HashedColumn, ...]) -> str:
        """SQL of t's rows in the range. Rows without a key value lie in the last range."""
        parts = [] if self.after is None else [_above(key, self.after, last=self.until is None)]
        if self.until is not None:
            parts.append(at_most(key, self.until))
        return " AND ".join(parts) or "true"


def at_most(key: tuple[HashedColumn, ...], point: Point) -> str:
    """SQL: t's key is at most the point."""
    return f"{_row([column.sql for column in key])} <= {_point(key, point)}"


def is_at(key: tuple[HashedColumn, ...], point: Point) -> str:
    """SQL: t's key is the point."""
    return f"{_row([column.sql for column in key])} = {_point(key, point)}"


def bucket(key: tuple[HashedColumn, ...], points: list[Point], first: int = 0) -> str:
    """SQL of the number of points that t's key lies above, by halving: six comparisons for sixty points."""
    if not points:
        return str(first)
    middle = len(points) // 2
    low, high = bucket(key, points[:middle], first), bucket(key, points[middle + 1 :], first + middle + 1)
    return f"CASE WHEN {at_most(key, points[middle])} THEN {low} ELSE {high} END"


def _above(key: tuple[HashedColumn, ...], point: Point, *, last: bool) -> str:
    above = f"{_row([column.sql for column in key])} > {_point(key, point)}"
    return f"({above}) IS NOT FALSE" if last and not all(column.required for column in key) else above


def typed(key: tuple[HashedColumn, ...], point: Point) -> list[str]:
    """SQL of the point's values, each of its column's type and collation."""
    values = []
    for column, text in zip(key, point, strict=True):
        collation = f" COLLATE {column.collation}" if column.collation else ""
        values.append(f"{literal(text)}::{column.declared}{collation}")
    return values


def _point(key: tuple[HashedColumn, ...], point: Point) -> str:
    return _row(typed(key, point))


def _row(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"({', '.join(parts)})"
