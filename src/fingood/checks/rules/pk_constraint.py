"""ADD PRIMARY KEY without USING INDEX.

## What it does
Finds primary keys that build their index when they are added to a table that existed before the revision.

## Why it matters
The index is built, and NOT NULL is proven, under ACCESS EXCLUSIVE. All versions of PostgreSQL.

## Instead
A unique index CONCURRENTLY, NOT NULL by way of a validated CHECK, then ADD PRIMARY KEY USING INDEX.

## Manual
PostgreSQL, ALTER TABLE, ADD table_constraint_using_index. Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import POSTGRESQL, Family, Hit, check
from fingood.checks.rules.unique_constraint import building, remedy_for
from fingood.checks.subject import Subject
from fingood.checks.wording import held
from fingood.model.action import ConstraintKind, LockMode, Verb
from fingood.model.severity import Severity


@check(
    title="A primary key builds its index while everybody waits",
    family=Family.LOCK,
    severity=Severity.ERROR,
    dialects=POSTGRESQL,
)
def pk_constraint(subject: Subject) -> Iterator[Hit]:
    for place in subject.places(Verb.ADD_CONSTRAINT):
        for spec in building(place, ConstraintKind.PRIMARY_KEY):
            columns = ", ".join(spec.columns)
            yield Hit(
                message=f"PRIMARY KEY ({columns}) on {place.table} builds its index while nobody can read or write.",
                effect=held(LockMode.ACCESS_EXCLUSIVE, place.table, while_it="builds the index"),
                remedy=remedy_for(place.table, spec, "pk", "PRIMARY KEY"),
                place=place,
                table=place.table,
                subject=f"{place.table} ({columns})",
            )
