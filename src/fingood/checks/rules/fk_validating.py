"""ADD FOREIGN KEY without NOT VALID.

## What it does
Finds foreign keys that are checked against existing rows when they are added by ADD CONSTRAINT.

## Why it matters
Both tables are locked with SHARE ROW EXCLUSIVE while every row of the child is looked up in the parent. All versions of
PostgreSQL. REFERENCES in ADD COLUMN has a check of its own, add-column-inline-fk.

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
from fingood.model.names import RelationName, quote_always
from fingood.model.severity import Severity


@check(
    title="A foreign key is checked against all rows while writers wait",
    family=Family.LOCK,
    severity=Severity.ERROR,
    dialects=POSTGRESQL,
)
def fk_validating(subject: Subject) -> Iterator[Hit]:
    for place in subject.places(Verb.ADD_CONSTRAINT):
        for key in validated_keys(place):
            yield Hit(
                message=f"The foreign key from {place.table} to {key.references} is checked against every row at once.",
                effect=f"SHARE ROW EXCLUSIVE on {place.table} and on {key.references}: nobody writes either "
                "while every row is looked up and until the transaction ends.",
                remedy=remedy_for(place.table, key),
                place=place,
                table=place.table,
                subject=f"{place.table} → {key.references}",
            )


def validated_keys(place: Place) -> list[ConstraintSpec]:
    """The foreign keys that the action adds without NOT VALID."""
    specs = place.column.constraints if place.action.column else (place.action.constraint,)
    return [spec for spec in specs if spec and spec.kind is ConstraintKind.FOREIGN_KEY and spec.valid]


def remedy_for(table: RelationName, key: ConstraintSpec) -> str:
    """The key without the check, and the check in a revision of its own."""
    assert key.references is not None
    name = key.name or constraint_name("fk", table, *key.columns)
    return steps(
        call(
            "op.create_foreign_key",
            name,
            table.name,
            key.references.name,
            list(key.columns),
            list(key.referenced_columns or ("id",)),
            source_schema=table.schema,
            referent_schema=key.references.schema,
            ondelete=key.on_delete.upper() if key.on_delete != "no action" else None,
            postgresql_not_valid=True,
        ),
        execute(f"ALTER TABLE {table.sql} VALIDATE CONSTRAINT {quote_always(name)}"),
    )
