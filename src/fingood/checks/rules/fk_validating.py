"""ADD FOREIGN KEY without NOT VALID.

## What it does
Finds foreign keys that are checked against existing rows when they are added, also REFERENCES in ADD COLUMN.

## Why it matters
Both tables are locked with SHARE ROW EXCLUSIVE (for REFERENCES in ADD COLUMN the child even with ACCESS EXCLUSIVE)
while every row of the child is looked up in the parent. All versions of PostgreSQL.

## Instead
NOT VALID first, which holds the locks for a moment; VALIDATE CONSTRAINT in the next revision, which lets others write.

## Manual
PostgreSQL, ALTER TABLE, Notes on NOT VALID; 13.3.1. Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import POSTGRESQL, Family, Hit, check
from fingood.checks.alembic_code import call, constraint_name, execute, steps
from fingood.checks.places import Place
from fingood.checks.subject import Subject
from fingood.model.action import ConstraintKind, ConstraintSpec, Verb
from fingood.model.names import quote_always
from fingood.model.severity import Severity


@check(
    title="A foreign key is checked against all rows while writers wait",
    family=Family.LOCK,
    severity=Severity.ERROR,
    dialects=POSTGRESQL,
)
def fk_validating(subject: Subject) -> Iterator[Hit]:
    for place in subject.places(Verb.ADD_CONSTRAINT, Verb.ADD_COLUMN):
        for key in _keys(place):
            mode = "SHARE ROW EXCLUSIVE" if place.action.verb is Verb.ADD_CONSTRAINT else "ACCESS EXCLUSIVE"
            yield Hit(
                message=f"The foreign key from {place.table} to {key.references} is checked against every row at once.",
                effect=f"{mode} on {place.table} and SHARE ROW EXCLUSIVE on {key.references}: nobody writes either "
                "while every row is looked up and until the transaction ends.",
                remedy=_remedy(place, key),
                place=place,
                table=place.table,
                subject=f"{place.table} → {key.references}",
            )


def _keys(place: Place) -> list[ConstraintSpec]:
    specs = place.column.constraints if place.action.column else (place.action.constraint,)
    return [spec for spec in specs if spec and spec.kind is ConstraintKind.FOREIGN_KEY and spec.valid]


def _remedy(place: Place, key: ConstraintSpec) -> str:
    assert key.references is not None
    name = key.name or constraint_name("fk", place.table, *key.columns)
    return steps(
        call(
            "op.create_foreign_key",
            name,
            place.table.name,
            key.references.name,
            list(key.columns),
            list(key.referenced_columns or ("id",)),
            source_schema=place.table.schema,
            referent_schema=key.references.schema,
            ondelete=key.on_delete.upper() if key.on_delete != "no action" else None,
            postgresql_not_valid=True,
        ),
        execute(f"ALTER TABLE {place.table.sql} VALIDATE CONSTRAINT {quote_always(name)}"),
    )
