"""An index of many columns.

## What it does
Finds btree indexes that are not unique and have more than five key columns.

## Why it matters
Every INSERT, and every UPDATE of one of the columns, writes a wide entry; queries seldom use more than the first three.
PostgreSQL allows 32.

## Instead
The columns that queries compare by `=`, the most selective first, then one for the range; what is only read goes into
INCLUDE.

## Manual
PostgreSQL, 11.3 "Multicolumn Indexes": more than three columns are unlikely to help. Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import Family, Hit, check
from fingood.checks.alembic_code import call
from fingood.checks.places import Place
from fingood.checks.subject import Subject
from fingood.model.action import IndexSpec, Verb
from fingood.model.severity import Severity

WIDE = 5
"""Key columns up to which nobody is told."""


@check(title="An index has many columns", family=Family.DESIGN, severity=Severity.INFO)
def index_too_wide(subject: Subject) -> Iterator[Hit]:
    for place in subject.places(Verb.CREATE_INDEX):
        index = place.action.index
        if index is None or index.unique or index.method != "btree" or len(index.columns) <= WIDE:
            continue
        yield Hit(
            message=f"The index {index.name or ''} on {place.table} has {len(index.columns)} key columns.",
            effect="Every INSERT writes all of them once more.",
            remedy=_remedy(place, index),
            place=place,
            table=place.table,
            subject=f"{place.table} {index.name or ''}",
        )


def _remedy(place: Place, index: IndexSpec) -> str:
    keys, rest = list(index.columns[:3]), list(index.columns[3:])
    return call(
        "op.create_index",
        index.name,
        place.table.name,
        keys,
        schema=place.table.schema,
        postgresql_include=rest,
    )
