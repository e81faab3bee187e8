"""RENAME COLUMN.

## What it does
Finds renamed columns of tables that existed before the revision.

## Why it matters
Code of the old version, still running while the new one is rolled out, fails on every query with the old name.

## Instead
A new column beside the old one, written by both, filled in batches; the old one goes in a later release.

## Manual
PostgreSQL, ALTER TABLE, RENAME. Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import Family, Hit, check
from fingood.checks.alembic_code import Code, call, column_code
from fingood.checks.subject import Subject
from fingood.model.action import Verb
from fingood.model.names import quote
from fingood.model.severity import Severity


@check(title="Code that uses the column's old name fails", family=Family.BREAKAGE, severity=Severity.ERROR)
def rename_column(subject: Subject) -> Iterator[Hit]:
    for place in subject.places(Verb.RENAME_COLUMN):
        old, new = place.column.name, place.action.new_name or ""
        if place.world.has_new_column(place.table, old):
            continue
        column = column_code(new, subject.type_of(place.table, old), nullable=True)
        yield Hit(
            message=f"{place.table}.{quote(old)} becomes {quote(new)} in one step.",
            effect="The version of the application that is still running fails on every query with the old name.",
            remedy=call("op.add_column", place.table.name, Code(column), schema=place.table.schema)
            + "\n# write both, fill the old rows in batches, read the new one; drop the old one in a later release",
            place=place,
            table=place.table,
            subject=f"{place.table}.{quote(old)}",
        )
