"""DROP TABLE.

## What it does
Finds DROP TABLE of a table that existed before the revision.

## Why it matters
Every row is gone; a downgrade brings back an empty table. CASCADE takes views and foreign keys of other tables with it.

## Instead
Rename it and drop it in a later revision, when nobody has missed it and a backup of it is proven.

## Manual
PostgreSQL, DROP TABLE. Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import Family, Hit, check
from fingood.checks.alembic_code import call
from fingood.checks.subject import Subject
from fingood.model.action import Verb
from fingood.model.severity import Severity


@check(title="A table and its rows are dropped", family=Family.LOSS, severity=Severity.ERROR)
def drop_table(subject: Subject) -> Iterator[Hit]:
    for place in subject.places(Verb.DROP_TABLE):
        if place.action.if_exists and subject.facts is not None and subject.table(place.table) is None:
            continue
        cascade = " CASCADE takes what depends on it along." if place.action.cascade else ""
        yield Hit(
            message=f"{place.table} is dropped with all its rows.",
            effect=f"A downgrade brings back an empty table.{cascade}",
            remedy=call("op.rename_table", place.table.name, f"{place.table.name}_retired", schema=place.table.schema),
            place=place,
            table=place.table,
        )
