"""ADD PRIMARY KEY USING INDEX on a column that may be NULL.

## What it does
Finds ADD PRIMARY KEY USING INDEX where a column of the index is nullable and no validated CHECK proves it filled.

## Why it matters
The index is there, but NOT NULL is not: the server reads every row for it under ACCESS EXCLUSIVE, and fails at the
first NULL. Since PostgreSQL 12 a validated CHECK (column IS NOT NULL) is proof enough and nothing is read.

## Instead
NOT NULL first, by way of a validated CHECK.

## Manual
PostgreSQL, ALTER TABLE, ADD table_constraint_using_index. Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import POSTGRESQL, Claim, Family, Hit, Need, check
from fingood.checks.indexes import spec_of
from fingood.checks.places import Place
from fingood.checks.rules.set_not_null import must_read, remedy_for
from fingood.checks.subject import Subject
from fingood.checks.wording import held
from fingood.model.action import ConstraintKind, LockMode, Verb
from fingood.model.names import quote
from fingood.model.severity import Severity


@check(
    title="A primary key takes an index over but reads all rows for NULLs",
    family=Family.LOCK,
    severity=Severity.ERROR,
    needs=(Need.PLAN, Need.FACTS),
    dialects=POSTGRESQL,
    claim=Claim.SCAN,
)
def pk_using_nullable_index(subject: Subject) -> Iterator[Hit]:
    for place in subject.places(Verb.ADD_CONSTRAINT):
        spec = place.action.constraint
        if spec is None or spec.kind is not ConstraintKind.PRIMARY_KEY or not spec.using_index:
            continue
        columns = _columns(subject, place, spec.using_index)
        nullable = [
            column for column in columns if must_read(subject, place, column) and not _set(subject, place, column)
        ]
        if not nullable:
            continue
        names = ", ".join(map(quote, nullable))
        yield Hit(
            message=f"{names} of {place.table} may be NULL: the primary key reads every row first.",
            effect=held(LockMode.ACCESS_EXCLUSIVE, place.table, while_it="reads the whole table"),
            remedy="\n".join(remedy_for(place.table, column, subject.version) for column in nullable),
            place=place,
            table=place.table,
            subject=f"{place.table} ({names})",
        )


def _columns(subject: Subject, place: Place, index: str) -> list[str]:
    """The index's columns, wherever it comes from."""
    known = subject.table(place.table)
    specs = [spec_of(one, subject.dialect) for one in known.indexes if one.name == index] if known else []
    created = [other.action.index for other in subject.places(Verb.CREATE_INDEX)]
    specs += [one for one in created if one and one.name == index]
    return [column.strip('"') for column in specs[0].columns] if specs else []


def _set(subject: Subject, place: Place, column: str) -> bool:
    """Whether the revision itself has made the column NOT NULL before, which another check judges."""
    return any(
        other.table == place.table and other.column.name == column and other.statement.index <= place.statement.index
        for other in subject.places(Verb.SET_NOT_NULL)
    )
