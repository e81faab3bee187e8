"""ADD COLUMN NOT NULL without a default.

## What it does
Finds ADD COLUMN ... NOT NULL without DEFAULT on a table that existed before the revision.

## Why it matters
With one row in the table the statement fails (SQLSTATE 23502). With none, the application's old version, which does
not know the column, can no longer insert.

## Instead
A default that the server keeps, or: add it nullable, fill it, then NOT NULL by way of a validated CHECK.

## Manual
PostgreSQL, ALTER TABLE, ADD COLUMN. Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import Family, Hit, check
from fingood.checks.alembic_code import Code, call, column_code
from fingood.checks.places import Place
from fingood.checks.rules.set_not_null import remedy_for
from fingood.checks.subject import Subject
from fingood.model.action import ColumnSpec, Verb
from fingood.model.names import quote
from fingood.model.severity import Severity

_SERIAL = ("serial", "bigserial", "smallserial")


@check(
    title="A NOT NULL column without a default fails on a table with rows",
    family=Family.BREAKAGE,
    severity=Severity.ERROR,
)
def add_not_null_no_default(subject: Subject) -> Iterator[Hit]:
    for place in subject.places(Verb.ADD_COLUMN):
        if place.column.nullable or _filled(place.column):
            continue
        rows = subject.rows(place.table)
        yield Hit(
            message=f"{place.table}.{quote(place.column.name)} is added NOT NULL without a default.",
            effect=f"It fails on the {rows:,} rows that are there."
            if rows
            else "It fails as soon as the table has one row, and code that does not know the column cannot insert.",
            remedy=_remedy(place),
            place=place,
            table=place.table,
            subject=f"{place.table}.{quote(place.column.name)}",
        )


def _filled(column: ColumnSpec) -> bool:
    serial = column.type is not None and column.type.name in _SERIAL
    return column.default is not None or column.identity or column.generated is not None or serial


def _remedy(place: Place) -> str:
    column = column_code(place.column.name, place.column.type, nullable=True)
    add = call("op.add_column", place.table.name, Code(column), schema=place.table.schema)
    return f"{add}\n# fill it in batches, then:\n{remedy_for(place.table, place.column.name)}"
