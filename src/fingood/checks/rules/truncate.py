"""TRUNCATE.

## What it does
Finds TRUNCATE of tables that existed before the revision.

## Why it matters
Every row is gone, at once and without triggers; ACCESS EXCLUSIVE keeps everybody out until the transaction ends.
CASCADE empties every table that refers to it as well.

## Instead
DELETE in batches of what is really no longer wanted, with the rows kept aside.

## Manual
PostgreSQL, TRUNCATE. Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import Family, Hit, check
from fingood.checks.alembic_code import execute
from fingood.checks.subject import Subject
from fingood.model.action import Verb
from fingood.model.names import RelationName
from fingood.model.severity import Severity


@check(title="A table is emptied", family=Family.LOSS, severity=Severity.ERROR)
def truncate(subject: Subject) -> Iterator[Hit]:
    for place in subject.places(Verb.TRUNCATE):
        for table in (place.table, *place.action.others):
            cascade = " CASCADE empties the tables that refer to it too." if place.action.cascade else ""
            kept = RelationName(table.schema, f"{table.name}_before_truncate"[:63])
            yield Hit(
                message=f"{table} is emptied by TRUNCATE.",
                effect=f"Every row is gone, and no trigger sees it go.{cascade}",
                remedy=execute(f"CREATE TABLE {kept.sql} AS SELECT * FROM {table.sql}")
                + "\n# then DELETE in batches what is really no longer wanted",
                place=place,
                table=table,
            )
