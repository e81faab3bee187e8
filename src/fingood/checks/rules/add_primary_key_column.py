"""PRIMARY KEY in ADD COLUMN.

## What it does
Finds ADD COLUMN ... PRIMARY KEY on a table that existed before the revision.

## Why it matters
The column is filled, proven NOT NULL and indexed under ACCESS EXCLUSIVE; with a serial, an identity or a volatile
default the table is rewritten too. Without any of them it fails with the first row. All versions of PostgreSQL.

## Instead
A nullable column with a sequence as default for new rows; numbers for the old rows in batches; a unique index
CONCURRENTLY; NOT NULL by way of a validated CHECK; ADD PRIMARY KEY USING INDEX.

## Manual
PostgreSQL, ALTER TABLE, ADD table_constraint_using_index, Notes. Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import POSTGRESQL, Family, Hit, check
from fingood.checks.places import Place
from fingood.checks.rules import add_column_serial_or_identity, set_not_null, unique_constraint
from fingood.checks.subject import Subject
from fingood.checks.wording import held
from fingood.model.action import ConstraintKind, ConstraintSpec, LockMode, Verb
from fingood.model.names import quote
from fingood.model.severity import Severity


@check(
    title="A primary key in ADD COLUMN is built while everybody waits",
    family=Family.LOCK,
    severity=Severity.ERROR,
    dialects=POSTGRESQL,
)
def add_primary_key_column(subject: Subject) -> Iterator[Hit]:
    for place in subject.places(Verb.ADD_COLUMN):
        for spec in unique_constraint.building(place, ConstraintKind.PRIMARY_KEY):
            yield Hit(
                message=f"{place.table}.{quote(place.column.name)} is added, filled and made primary key at once.",
                effect=held(LockMode.ACCESS_EXCLUSIVE, place.table, while_it="reads the table and builds the index"),
                remedy=_remedy(subject, place, spec),
                place=place,
                table=place.table,
                subject=f"{place.table}.{quote(place.column.name)}",
            )


def _remedy(subject: Subject, place: Place, spec: ConstraintSpec) -> str:
    return "\n".join(
        (
            add_column_serial_or_identity.remedy_for(place),
            set_not_null.remedy_for(place.table, place.column.name, subject.version),
            unique_constraint.remedy_for(place.table, spec, "pk", "PRIMARY KEY"),
        )
    )
