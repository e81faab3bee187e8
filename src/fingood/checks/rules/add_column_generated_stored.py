"""ADD COLUMN GENERATED ALWAYS AS (...) STORED.

## What it does
Finds ADD COLUMN of a stored generated column on a table that existed before the revision.

## Why it matters
The value is computed for every row: the table is rewritten with its indexes under ACCESS EXCLUSIVE. Since PostgreSQL
12; VIRTUAL columns (PostgreSQL 18) touch the catalog only.

## Instead
A plain column filled by a trigger and backfilled in batches; on PostgreSQL 18, VIRTUAL.

## Manual
PostgreSQL, ALTER TABLE, Notes; 5.4. Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import POSTGRESQL, Claim, Family, Hit, check
from fingood.checks.alembic_code import Code, call, column_code
from fingood.checks.subject import Subject
from fingood.checks.wording import held
from fingood.model.action import LockMode, Verb
from fingood.model.names import quote
from fingood.model.severity import Severity


@check(
    title="A stored generated column rewrites the table",
    family=Family.LOCK,
    severity=Severity.ERROR,
    dialects=POSTGRESQL,
    claim=Claim.REWRITE,
)
def add_column_generated_stored(subject: Subject) -> Iterator[Hit]:
    for place in subject.places(Verb.ADD_COLUMN):
        if place.column.generated != "stored":
            continue
        column = column_code(place.column.name, place.column.type, nullable=True)
        yield Hit(
            message=f"{place.table}.{quote(place.column.name)} is computed and stored for every row there is.",
            effect=held(LockMode.ACCESS_EXCLUSIVE, place.table, while_it="rewrites the table and its indexes"),
            remedy=call("op.add_column", place.table.name, Code(column), schema=place.table.schema)
            + "\n# then a trigger that computes it for new rows, and the old rows in batches",
            place=place,
            table=place.table,
            subject=f"{place.table}.{quote(place.column.name)}",
        )
