"""REFERENCES in ADD COLUMN.

## What it does
Finds ADD COLUMN ... REFERENCES on a table that existed before the revision. With a default it is an error; without one
the column holds NULLs only, no row is read, and the finding is information.

## Why it matters
The child is locked with ACCESS EXCLUSIVE, which ADD CONSTRAINT would not need, the parent with SHARE ROW EXCLUSIVE,
both to the end of the transaction. With a default every row is looked up in the parent under these locks. All
versions of PostgreSQL.

## Instead
The column first; the foreign key NOT VALID in the next revision; VALIDATE CONSTRAINT in a third.

## Manual
PostgreSQL, ALTER TABLE, ADD COLUMN and Notes on NOT VALID; 13.3.1. Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import POSTGRESQL, Family, Hit, check
from fingood.checks.alembic_code import Code, call, column_code
from fingood.checks.places import Place
from fingood.checks.rules.fk_validating import remedy_for, validated_keys
from fingood.checks.subject import Subject
from fingood.model.action import ConstraintSpec, Verb
from fingood.model.severity import Severity


@check(
    title="A foreign key in ADD COLUMN locks both tables at once",
    family=Family.LOCK,
    severity=Severity.ERROR,
    dialects=POSTGRESQL,
)
def add_column_inline_fk(subject: Subject) -> Iterator[Hit]:
    for place in subject.places(Verb.ADD_COLUMN):
        for key in validated_keys(place):
            reads = place.column.default is not None
            while_it = "while every row is looked up and " if reads else ""
            yield Hit(
                message=f"REFERENCES in ADD COLUMN locks {place.table} and {key.references} together.",
                effect=f"ACCESS EXCLUSIVE on {place.table}, SHARE ROW EXCLUSIVE on {key.references}: nobody reads or "
                f"writes the first, nobody writes the second {while_it}until the transaction ends.",
                remedy=_remedy(place, key),
                place=place,
                table=place.table,
                subject=f"{place.table} → {key.references}",
                severity=None if reads else Severity.INFO,
            )


def _remedy(place: Place, key: ConstraintSpec) -> str:
    default = Code(call("sa.text", place.column.default)) if place.column.default else None
    column = column_code(place.column.name, place.column.type, nullable=True, server_default=default)
    add = call("op.add_column", place.table.name, Code(column), schema=place.table.schema)
    return f"{add}\n# then, in revisions of their own:\n{remedy_for(place.table, key)}"
