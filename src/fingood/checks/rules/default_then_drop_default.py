"""A default that is taken away again.

## What it does
Finds ADD COLUMN ... NOT NULL DEFAULT followed by DROP DEFAULT of the same column in the same revision.

## Why it matters
The default was for the rows that are there. Once it is gone, every INSERT of the application's running version, which
does not know the column, fails (SQLSTATE 23502) until the new version is everywhere, and again after a rollback of the
code.

## Instead
Drop the default in a later revision, when no old version runs any more.

## Manual
PostgreSQL, ALTER TABLE, SET/DROP DEFAULT. Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import Family, Hit, check
from fingood.checks.alembic_code import Code, call
from fingood.checks.subject import Subject
from fingood.model.action import Verb
from fingood.model.names import RelationName, quote
from fingood.model.severity import Severity

_Column = tuple[RelationName, str]


@check(
    title="A new NOT NULL column loses its default at once",
    family=Family.BREAKAGE,
    severity=Severity.WARNING,
)
def default_then_drop_default(subject: Subject) -> Iterator[Hit]:
    added: dict[_Column, tuple[str, bool]] = {}
    for place in subject.places(Verb.ADD_COLUMN, Verb.SET_NOT_NULL, Verb.DROP_DEFAULT):
        key = (place.world.full(place.table), place.column.name)
        if place.action.verb is Verb.ADD_COLUMN and place.column.default is not None:
            added[key] = (place.column.default, not place.column.nullable)
        elif place.action.verb is Verb.SET_NOT_NULL and key in added:
            added[key] = (added[key][0], True)
        elif place.action.verb is Verb.DROP_DEFAULT and key in added and added[key][1]:
            yield Hit(
                message=f"{place.table}.{quote(place.column.name)} is new and NOT NULL, and loses its default at once.",
                effect="Each INSERT of the running version, which does not know the column, fails.",
                remedy="# keep it until no old version runs any more:\n"
                + call(
                    "op.alter_column",
                    place.table.name,
                    place.column.name,
                    server_default=Code(call("sa.text", added[key][0])),
                    schema=place.table.schema,
                ),
                place=place,
                table=place.table,
                subject=f"{place.table}.{quote(place.column.name)}",
            )
