"""UNIQUE in ADD COLUMN.

## What it does
Finds ADD COLUMN ... UNIQUE on a table that existed before the revision.

## Why it matters
The index is built under ACCESS EXCLUSIVE: the whole table is read while nobody reads or writes it. With a default all
rows get the same value, and two rows make it fail (SQLSTATE 23505). All versions of PostgreSQL.

## Instead
The column without a default; its values in batches; a unique index CONCURRENTLY; ADD CONSTRAINT ... USING INDEX.

## Manual
PostgreSQL, ALTER TABLE, ADD table_constraint_using_index. Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import POSTGRESQL, Family, Hit, check
from fingood.checks.alembic_code import Code, call, column_code
from fingood.checks.places import Place
from fingood.checks.rules.unique_constraint import building, remedy_for
from fingood.checks.subject import Subject
from fingood.checks.wording import held
from fingood.model.action import ConstraintKind, ConstraintSpec, LockMode, Verb
from fingood.model.names import quote
from fingood.model.severity import Severity


@check(
    title="UNIQUE in ADD COLUMN builds its index while everybody waits",
    family=Family.LOCK,
    severity=Severity.ERROR,
    dialects=POSTGRESQL,
)
def add_column_inline_unique(subject: Subject) -> Iterator[Hit]:
    for place in subject.places(Verb.ADD_COLUMN):
        for spec in building(place, ConstraintKind.UNIQUE):
            fixed = place.column.default is not None and not place.column.volatile_default
            fails = " All rows get the same value: with two of them it fails." if fixed else ""
            yield Hit(
                message=f"UNIQUE on the new column {place.table}.{quote(place.column.name)} builds an index at once.",
                effect=held(LockMode.ACCESS_EXCLUSIVE, place.table, while_it="builds the index") + fails,
                remedy=_remedy(place, spec),
                place=place,
                table=place.table,
                subject=f"{place.table}.{quote(place.column.name)}",
            )


def _remedy(place: Place, spec: ConstraintSpec) -> str:
    column = column_code(place.column.name, place.column.type, nullable=True)
    add = call("op.add_column", place.table.name, Code(column), schema=place.table.schema)
    return f"{add}\n# fill it in batches, then:\n{remedy_for(place.table, spec, 'uq', 'UNIQUE')}"
