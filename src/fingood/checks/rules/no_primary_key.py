"""A table without a primary key.

## What it does
Finds new tables without a primary key and without a unique constraint on NOT NULL columns. Partitions, children and
temporary tables are left out; tables that are not protected are named from level high on.

## Why it matters
Nothing names one row: a duplicate cannot be told from its original, a batch cannot go on where it stopped, logical
replication cannot apply an UPDATE or DELETE.

## Instead
A primary key, be it of the columns that identify the row.

## Manual
PostgreSQL, 5.5.4 and 29.1.1. Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import Family, Hit, check
from fingood.checks.alembic_code import Code, call, constraint_name
from fingood.checks.subject import Subject
from fingood.model.action import Action, ConstraintKind, Verb
from fingood.model.severity import SafetyLevel, Severity

_UNIQUE = (ConstraintKind.PRIMARY_KEY, ConstraintKind.UNIQUE)


@check(title="No row has a name", family=Family.MONEY, severity=Severity.WARNING)
def no_primary_key(subject: Subject) -> Iterator[Hit]:
    later = {
        place.world.full(place.table)
        for place in subject.places(Verb.ADD_CONSTRAINT, Verb.ADD_COLUMN)
        if _names_rows(place.action)
    }
    dropped = {place.world.full(place.table) for place in subject.places(Verb.DROP_TABLE)}
    for place in subject.places(Verb.CREATE_TABLE):
        table = place.world.full(place.table)
        if table in later | dropped or place.action.others or place.action.persistence == "temporary":
            continue
        if not place.action.columns or _names_rows(place.action):
            continue
        if subject.level < SafetyLevel.HIGH and not subject.is_protected(place.table):
            continue
        yield Hit(
            message=f"{place.table} has no primary key.",
            effect="Duplicates cannot be told apart, and logical replication cannot apply changes of its rows.",
            remedy=call(
                "op.create_primary_key",
                constraint_name("pk", place.table),
                place.table.name,
                Code("[...]"),
                schema=place.table.schema,
            ),
            place=place,
            table=place.table,
            severity=Severity.WARNING if subject.is_protected(place.table) else Severity.INFO,
        )


def _names_rows(action: Action) -> bool:
    specs = [*action.constraints, *((action.constraint,) if action.constraint else ())]
    columns = [*action.columns, *((action.column,) if action.column else ())]
    specs += [spec for column in columns for spec in column.constraints]
    return any(spec.kind in _UNIQUE for spec in specs)
