"""Rows that show a loss: found by comparing the state below with the state after the way back."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace

from sqlalchemy.engine import Connection

from fingood.catalog import (
    DifferentColumn,
    DifferentRow,
    DifferentRows,
    connect,
    find_different_rows,
    object_name,
    parts_of,
    take_fingerprints,
)
from fingood.model.names import RelationName
from fingood.model.snapshot import Fingerprint
from fingood.rollback.proof import Example, Loss
from fingood.rollback.seed import Seeding

_LONGEST = 40
_NUMERIC = re.compile(r"-?\d+(?:\.\d+)?")
_ID = re.compile(r"-?\d+|\d{4}-\d\d-\d\d|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_Place = tuple[RelationName, str]


def find_examples(before_url: str, after_url: str, losses: tuple[Loss, ...], seeding: Seeding) -> tuple[Loss, ...]:
    """Adds a count and up to three rows to each loss of rows or of a column's values. Generated values are shown, real
    ones described."""
    with connect(before_url) as before, connect(after_url) as after:
        prints = take_fingerprints(before)
        places = _places(prints)
        wanted: defaultdict[RelationName, list[str]] = defaultdict(list)
        for loss in losses:
            if loss.difference.data and (place := places.get(str(loss.difference.object))):
                wanted[place[0]].append(place[1])
        rows = {table: _rows(before, after, prints[table], columns) for table, columns in wanted.items()}
    found = []
    for loss in losses:
        table, column = places.get(str(loss.difference.object), (None, ""))
        differ = rows.get(table) if loss.difference.data and table is not None else None
        if table is None or differ is None:
            found.append(loss)
        elif not column or column in prints[table].key:
            told = {name: one for name, one in differ.columns.items() if name not in wanted[table]}
            differ = replace(differ, columns=told)
            found.append(_with_rows(loss, differ, prints[table].key, real=table in seeding.real))
        else:
            one = differ.columns.get(column, DifferentColumn(count=0))
            found.append(_with_values(loss, differ, one, prints[table].key, real=table in seeding.real))
    return tuple(found)


def _places(prints: Mapping[RelationName, Fingerprint]) -> dict[str, _Place]:
    """Which table, and which column of it or none, a difference's object is."""
    found = {}
    for table, one in prints.items():
        if one.key:
            found[f"table {object_name(*parts_of(table))}"] = (table, "")
            for column in one.columns:
                found[f"column {object_name(*parts_of(table), column)}"] = (table, column)
    return found


def _rows(before: Connection, after: Connection, one: Fingerprint, columns: list[str]) -> DifferentRows | None:
    """Where rows are missing or too many, nobody has compared the values of the others yet."""
    asked = one.columns if set(columns) & {"", *one.key} else columns
    return find_different_rows(before, after, one.table, one.key, tuple(name for name in asked if name not in one.key))


def _with_rows(loss: Loss, differ: DifferentRows, key: tuple[str, ...], *, real: bool) -> Loss:
    """Rows that are missing or too many."""
    missing = [
        Example(key=_named(key, point, real=real), before="a row", after="none") for point in differ.missing_keys
    ]
    added = [Example(key=_named(key, point, real=real), before="no row", after="one") for point in differ.added_keys]
    return replace(
        loss,
        examples=tuple([*missing, *added][:3]),
        rows=differ.missing or differ.added or None,
        total=differ.rows,
        complete=differ.complete,
        detail=_besides(differ),
    )


def _besides(differ: DifferentRows) -> str:
    """What the difference of two numbers of rows does not say."""
    parts = []
    if differ.missing and differ.added:
        parts.append(f"{differ.missing} rows are missing and {differ.added} others are there")
    if differ.columns:
        changed = " and ".join(f"{one.count} in {name}" for name, one in differ.columns.items())
        parts.append(f"of the rows that are there again some values are other ones: {changed}")
    return ", ".join(parts)


def _with_values(loss: Loss, differ: DifferentRows, one: DifferentColumn, key: tuple[str, ...], *, real: bool) -> Loss:
    return replace(
        loss,
        examples=tuple(_example(row, key, real=real) for row in one.first),
        rows=one.count or None,
        total=differ.rows,
        complete=differ.complete,
        detail=f"scale {one.scales[0]} → {one.scales[1]}" if one.scales else "",
    )


def _named(key: tuple[str, ...], point: tuple[str, ...], *, real: bool) -> str:
    """A key's values are shown where they are numbers, dates or made-up ids; a text may be somebody's name."""
    shown = (_shown(value, real=real and not _ID.fullmatch(value)) for value in point)
    return ", ".join(f"{name} {value}" for name, value in zip(key, shown, strict=True))


def _example(row: DifferentRow, key: tuple[str, ...], *, real: bool) -> Example:
    before, after = _shown(row.before, real=real), _shown(row.after, real=real)
    if before == after and row.before != row.after:
        after = f"{after} (another value)"
    return Example(key=_named(key, row.key, real=real), before=before, after=after)


def _shown(value: str | None, *, real: bool) -> str:
    """A value for people: as it is, or, from real rows, only its shape."""
    if value is None:
        return "NULL"
    if real:
        return _without_amount(value) if _NUMERIC.fullmatch(value) else f"{len(value)} characters"
    return value if len(value) <= _LONGEST else f"{value[:_LONGEST]}… ({len(value)} characters)"


def _without_amount(number: str) -> str:
    """A number whose whole units are hidden. The decimals stay: they are what a change of scale loses."""
    whole, point, decimals = number.partition(".")
    return re.sub(r"\d", "•", whole) + point + decimals
