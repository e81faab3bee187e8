"""Rows that show a loss: found by comparing the state below with the state after the way back."""

from __future__ import annotations

import re
from dataclasses import replace

from fingood.catalog import DifferentRow, connect, find_different_rows, object_name, parts_of, take_fingerprints
from fingood.rollback.proof import Example, Loss
from fingood.rollback.seed import Seeding

_LONGEST = 40
_NUMERIC = re.compile(r"-?\d+(?:\.\d+)?")


def find_examples(before_url: str, after_url: str, losses: tuple[Loss, ...], seeding: Seeding) -> tuple[Loss, ...]:
    """Adds up to three rows to each loss of a column's values. Generated values are shown, real ones described."""
    with connect(before_url) as before, connect(after_url) as after:
        columns = {
            object_name(*parts_of(table), column): (table, print_.key, column)
            for table, print_ in take_fingerprints(before).items()
            for column in print_.columns
        }
        found = []
        for loss in losses:
            table, key, column = columns.get(loss.difference.object.name, (None, (), ""))
            if not loss.difference.data or table is None or not key:
                found.append(loss)
                continue
            rows = find_different_rows(before, after, table, key, column)
            real = table in seeding.real
            seen = tuple(_example(row, key, real=real) for row in rows.first)
            found.append(replace(loss, examples=seen, rows=rows.count))
    return tuple(found)


def _example(row: DifferentRow, key: tuple[str, ...], *, real: bool) -> Example:
    named = ", ".join(f"{name} {_shown(value, real=False)}" for name, value in zip(key, row.key, strict=True))
    before, after = _shown(row.before, real=real), _shown(row.after, real=real)
    if before == after and row.before != row.after:
        after = f"{after} (another value)"
    return Example(key=named, before=before, after=after)


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
