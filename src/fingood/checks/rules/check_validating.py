"""ADD CHECK without NOT VALID.

## What it does
Finds CHECK constraints that are tested on existing rows when they are added.

## Why it matters
Every row is read under ACCESS EXCLUSIVE. All versions of PostgreSQL. CHECK in ADD COLUMN has a check of its own,
add-column-inline-check.

## Instead
NOT VALID first; VALIDATE CONSTRAINT in the next revision, which lets others read and write.

## Manual
PostgreSQL, ALTER TABLE, Notes on NOT VALID; 13.3.1. Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import POSTGRESQL, Claim, Family, Hit, check
from fingood.checks.alembic_code import call, constraint_name, execute, steps
from fingood.checks.places import Place
from fingood.checks.subject import Subject
from fingood.checks.wording import held
from fingood.model.action import ConstraintKind, ConstraintSpec, LockMode, Verb
from fingood.model.names import RelationName, quote, quote_always
from fingood.model.severity import Severity


@check(
    title="A CHECK is tested on all rows while everybody waits",
    family=Family.LOCK,
    severity=Severity.ERROR,
    dialects=POSTGRESQL,
    claim=Claim.SCAN,
)
def check_validating(subject: Subject) -> Iterator[Hit]:
    for place in subject.places(Verb.ADD_CONSTRAINT):
        for spec in validated_checks(place):
            name = spec.name or constraint_name("ck", place.table, *spec.columns)
            yield Hit(
                message=f"CHECK {quote(name)} is tested on every row of {place.table} at once.",
                effect=held(LockMode.ACCESS_EXCLUSIVE, place.table, while_it="reads the whole table"),
                remedy=remedy_for(place.table, name, spec.expression or ""),
                place=place,
                table=place.table,
                subject=f"{place.table}.{quote(name)}",
            )


def validated_checks(place: Place) -> list[ConstraintSpec]:
    """The CHECKs that the action adds without NOT VALID."""
    specs = place.column.constraints if place.action.column else (place.action.constraint,)
    return [spec for spec in specs if spec and spec.kind is ConstraintKind.CHECK and spec.valid]


def remedy_for(table: RelationName, name: str, expression: str) -> str:
    """The CHECK for new rows, and the test of the old ones in a revision of its own."""
    return steps(
        call(
            "op.create_check_constraint",
            name,
            table.name,
            expression,
            schema=table.schema,
            postgresql_not_valid=True,
        ),
        execute(f"ALTER TABLE {table.sql} VALIDATE CONSTRAINT {quote_always(name)}"),
    )
