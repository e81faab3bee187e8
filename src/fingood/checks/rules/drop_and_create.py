"""DROP TABLE IF EXISTS, then CREATE TABLE of the same name.

## What it does
Finds revisions that drop a table if it exists and create one of the same name.

## Why it matters
Written for an empty database, it empties a full one without a word: where the table exists, its rows are gone.

## Instead
Plain CREATE TABLE, which fails where the table exists; or ALTER TABLE.

## Manual
PostgreSQL, DROP TABLE. Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import Family, Hit, check
from fingood.checks.places import Place
from fingood.checks.subject import Subject
from fingood.model.action import Verb
from fingood.model.names import RelationName
from fingood.model.severity import Severity


@check(title="A table is emptied by creating it", family=Family.LOSS, severity=Severity.ERROR)
def drop_and_create(subject: Subject) -> Iterator[Hit]:
    dropped: dict[RelationName, Place] = {}
    for place in subject.places(Verb.DROP_TABLE, Verb.CREATE_TABLE, Verb.CREATE_TABLE_AS):
        table = place.world.full(place.table)
        if place.action.verb is Verb.DROP_TABLE:
            if place.action.if_exists and not place.new and place.action.persistence != "temporary":
                dropped[table] = place
        elif table in dropped and place.action.persistence != "temporary":
            first = dropped.pop(table)
            yield Hit(
                message=f"{first.table} is dropped if it exists, and created.",
                effect="Where it exists its rows are gone, and nothing fails.",
                remedy="# leave the DROP TABLE out: CREATE TABLE then fails where there is something to lose",
                place=first,
                table=first.table,
            )
