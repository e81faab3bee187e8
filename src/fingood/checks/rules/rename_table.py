"""RENAME TABLE or SET SCHEMA.

## What it does
Finds tables that existed before the revision and get another name or schema.

## Why it matters
Code of the old version, still running while the new one is rolled out, fails on every query with the old name.

## Instead
After the rename, a view under the old name in the same transaction; it goes in a later release.

## Manual
PostgreSQL, CREATE VIEW, "Updatable Views". Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import Family, Hit, check
from fingood.checks.alembic_code import execute
from fingood.checks.subject import Subject
from fingood.model.action import Verb
from fingood.model.names import RelationName
from fingood.model.severity import Severity


@check(title="Code that uses the table's old name fails", family=Family.BREAKAGE, severity=Severity.ERROR)
def rename_table(subject: Subject) -> Iterator[Hit]:
    views = {place.world.full(place.action.object) for place in subject.places(Verb.CREATE_VIEW) if place.action.object}
    created = {place.world.full(place.table) for place in subject.places(Verb.CREATE_TABLE) if place.action.relation}
    for place in subject.places(Verb.RENAME_TABLE, Verb.SET_SCHEMA):
        if place.world.full(place.table) in views | created:
            continue
        new = RelationName(place.table.schema, place.action.new_name or "")
        if place.action.verb is Verb.SET_SCHEMA:
            new = RelationName(place.action.new_name, place.table.name)
        yield Hit(
            message=f"{place.table} becomes {new} in one step.",
            effect="The version of the application that is still running fails on every query with the old name.",
            remedy=execute(f"CREATE VIEW {place.table.sql} AS SELECT * FROM {new.sql}"),
            place=place,
            table=place.table,
        )
