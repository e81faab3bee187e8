"""Two thousand million rows, and no more.

## What it does
Finds primary keys of type integer or smallint (serial too) on new protected tables, whose rows are never deleted.

## Why it matters
At 2,147,483,647 every INSERT fails. To make the key bigger then means a rewrite of the table and of every table that
refers to it, under ACCESS EXCLUSIVE.

## Instead
`sa.BigInteger()`: four bytes more a row.

## Manual
PostgreSQL, 8.1.1. Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import POSTGRESQL, Family, Hit, check
from fingood.checks.places import Place
from fingood.checks.subject import Subject
from fingood.model.action import ConstraintKind, Verb
from fingood.model.names import quote
from fingood.model.severity import Severity

_SMALL = ("int4", "int2", "serial", "smallserial")


@check(
    title="The keys of a ledger run out",
    family=Family.MONEY,
    severity=Severity.WARNING,
    dialects=POSTGRESQL,
)
def small_primary_key(subject: Subject) -> Iterator[Hit]:
    for place in subject.places(Verb.CREATE_TABLE):
        keys = _keys(place)
        column = next((column for column in place.action.columns if (column.name,) == keys), None)
        if column is None or column.type is None or column.type.name not in _SMALL:
            continue
        if not subject.is_protected(place.table):
            continue
        yield Hit(
            message=f"The primary key of {place.table}, a protected table, is {column.type}.",
            effect="At 2,147,483,647 every INSERT fails, and a bigger key means a rewrite under lock."
            if "2" not in column.type.name and "small" not in column.type.name
            else "At 32,767 every INSERT fails.",
            remedy=f'sa.Column("{column.name}", sa.BigInteger(), primary_key=True)',
            place=place,
            subject=f"{place.table}.{quote(column.name)}",
        )


def _keys(place: Place) -> tuple[str, ...]:
    specs = [*place.action.constraints, *(spec for column in place.action.columns for spec in column.constraints)]
    return next((spec.columns for spec in specs if spec.kind is ConstraintKind.PRIMARY_KEY), ())
