"""CHECK in ADD COLUMN.

## What it does
Finds ADD COLUMN ... CHECK on a table that existed before the revision.

## Why it matters
Every row is read under ACCESS EXCLUSIVE to test the CHECK, although all rows hold the same value, the default or NULL.
All versions of PostgreSQL.

## Instead
The column first; the CHECK NOT VALID; VALIDATE CONSTRAINT in the next revision, which lets others read and write.

## Manual
PostgreSQL, ALTER TABLE, Notes on NOT VALID; 13.3.1. Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import POSTGRESQL, Claim, Family, Hit, check
from fingood.checks.alembic_code import Code, call, column_code, constraint_name
from fingood.checks.places import Place
from fingood.checks.rules.check_validating import remedy_for, validated_checks
from fingood.checks.subject import Subject
from fingood.checks.wording import held
from fingood.model.action import ConstraintSpec, LockMode, Verb
from fingood.model.names import quote
from fingood.model.severity import Severity


@check(
    title="CHECK in ADD COLUMN reads all rows while everybody waits",
    family=Family.LOCK,
    severity=Severity.ERROR,
    dialects=POSTGRESQL,
    claim=Claim.SCAN,
)
def add_column_inline_check(subject: Subject) -> Iterator[Hit]:
    for place in subject.places(Verb.ADD_COLUMN):
        for spec in validated_checks(place):
            yield Hit(
                message=f"The CHECK of the new column {place.table}.{quote(place.column.name)} is tested on every row.",
                effect=held(LockMode.ACCESS_EXCLUSIVE, place.table, while_it="reads the whole table"),
                remedy=_remedy(place, spec),
                place=place,
                table=place.table,
                subject=f"{place.table}.{quote(place.column.name)}",
            )


def _remedy(place: Place, spec: ConstraintSpec) -> str:
    default = Code(call("sa.text", place.column.default)) if place.column.default else None
    column = column_code(place.column.name, place.column.type, server_default=default, nullable=not default)
    add = call("op.add_column", place.table.name, Code(column), schema=place.table.schema)
    name = spec.name or constraint_name("ck", place.table, place.column.name)
    return f"{add}\n{remedy_for(place.table, name, spec.expression or '')}"
