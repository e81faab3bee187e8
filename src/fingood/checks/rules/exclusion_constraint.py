"""ADD EXCLUDE on a table with rows.

## What it does
Finds exclusion constraints added to a table that existed before the revision.

## Why it matters
The index is built under ACCESS EXCLUSIVE, and there is neither CONCURRENTLY nor NOT VALID for it. All versions.

## Instead
A new table that has the constraint from the start, filled in batches; or a quiet hour, and a lock_timeout.

## Manual
PostgreSQL, CREATE TABLE, EXCLUDE. Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import POSTGRESQL, Family, Hit, check
from fingood.checks.rules.unique_constraint import building
from fingood.checks.subject import Subject
from fingood.checks.wording import held
from fingood.model.action import ConstraintKind, LockMode, Verb
from fingood.model.severity import Severity


@check(
    title="An exclusion constraint builds its index while everybody waits",
    family=Family.LOCK,
    severity=Severity.ERROR,
    dialects=POSTGRESQL,
)
def exclusion_constraint(subject: Subject) -> Iterator[Hit]:
    for place in subject.places(Verb.ADD_CONSTRAINT):
        for spec in building(place, ConstraintKind.EXCLUSION):
            yield Hit(
                message=f"The exclusion constraint {spec.name or ''} on {place.table} builds its index while nobody "
                "can read or write, and PostgreSQL has no gentler way.",
                effect=held(LockMode.ACCESS_EXCLUSIVE, place.table, while_it="builds the index"),
                remedy="# a new table that has the constraint from the start, filled in batches, then renamed",
                place=place,
                table=place.table,
            )
