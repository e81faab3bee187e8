"""DROP NOT NULL.

## What it does
Finds columns of tables that existed before the revision that may hold NULL from then on.

## Why it matters
Code that has never seen a NULL there meets one: sums skip it, comparisons are neither true nor false, NOT IN finds
nothing. To take it back, every row has to be filled and read again.

## Instead
A default that says what is meant. Where NULL is meant, first the readers, then this revision.

## Manual
PostgreSQL, ALTER TABLE, SET/DROP NOT NULL; 9.2 "Comparison Functions and Operators". Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import POSTGRESQL, Family, Hit, check
from fingood.checks.alembic_code import Code, call
from fingood.checks.places import Place
from fingood.checks.subject import Subject
from fingood.model.action import Verb
from fingood.model.names import quote
from fingood.model.severity import Severity


@check(
    title="Readers meet NULLs that they have never seen",
    family=Family.BREAKAGE,
    severity=Severity.INFO,
    dialects=POSTGRESQL,
)
def drop_not_null(subject: Subject) -> Iterator[Hit]:
    for place in subject.places(Verb.DROP_NOT_NULL):
        if _is_nullable(subject, place) or place.world.has_new_column(place.table, place.column.name):
            continue
        yield Hit(
            message=f"{place.table}.{quote(place.column.name)} may be NULL from now on.",
            effect="Sums skip it, comparisons with it are neither true nor false.",
            remedy="# or a default that says what is meant:\n"
            + call(
                "op.alter_column",
                place.table.name,
                place.column.name,
                server_default=Code("..."),
                schema=place.table.schema,
            ),
            place=place,
            table=place.table,
            subject=f"{place.table}.{quote(place.column.name)}",
        )


def _is_nullable(subject: Subject, place: Place) -> bool:
    known = subject.table(place.table)
    column = known.columns.get(place.column.name) if known else None
    return column is not None and column.nullable
