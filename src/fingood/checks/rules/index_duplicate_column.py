"""The same column twice in an index.

## What it does
Finds indexes that name a column twice with the same operator class and order, among their keys or in INCLUDE.

## Why it matters
The server allows it. The second one is written on every change and answers nothing; mostly another column was meant.

## Instead
Name it once, or the column that was meant.

## Manual
PostgreSQL, CREATE INDEX, INCLUDE; 11.3. Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import Family, Hit, check
from fingood.checks.alembic_code import call
from fingood.checks.places import Place
from fingood.checks.subject import Subject
from fingood.model.action import IndexSpec, Verb
from fingood.model.severity import Severity


@check(title="An index names a column twice", family=Family.DESIGN, severity=Severity.WARNING)
def index_duplicate_column(subject: Subject) -> Iterator[Hit]:
    for place in subject.places(Verb.CREATE_INDEX):
        index = place.action.index
        twice = _twice(index) if index else []
        if index is None or not twice:
            continue
        yield Hit(
            message=f"The index {index.name or ''} on {place.table} names {', '.join(twice)} twice.",
            effect="The second one is written on every change and answers nothing; was another column meant?",
            remedy=_remedy(place, index),
            place=place,
            table=place.table,
            subject=f"{place.table} {index.name or ''}",
        )


def _twice(index: IndexSpec) -> list[str]:
    options = index.options or ("",) * len(index.columns)
    keys = list(zip(index.columns, options, strict=True))
    again = [column for number, (column, option) in enumerate(keys) if (column, option) in keys[:number]]
    return list(dict.fromkeys([*again, *(column for column in index.include if column in index.columns)]))


def _remedy(place: Place, index: IndexSpec) -> str:
    keys = list(dict.fromkeys(index.columns))
    include = [column for column in dict.fromkeys(index.include) if column not in keys]
    return call(
        "op.create_index",
        index.name,
        place.table.name,
        keys,
        schema=place.table.schema,
        unique=True if index.unique else None,
        postgresql_include=include or None,
    )
