"""ON DELETE CASCADE into a protected table.

## What it does
Finds foreign keys of protected tables with ON DELETE CASCADE, SET NULL or SET DEFAULT.

## Why it matters
Deleting one account then deletes its whole history of bookings, or cuts it loose, without a word in any log.

## Instead
ON DELETE RESTRICT: what has bookings stays.

## Standard
SOX 404, SEC 17a-4; PostgreSQL, 5.5.5. Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import Family, Hit, check
from fingood.checks.alembic_code import call, constraint_name
from fingood.checks.columns import written_constraints
from fingood.checks.subject import Subject
from fingood.model.severity import Severity

_MUTATING = ("cascade", "set null", "set default")


@check(title="Deleting a parent row deletes protected rows", family=Family.MONEY, severity=Severity.CRITICAL)
def on_delete_cascade(subject: Subject) -> Iterator[Hit]:
    for place, spec in written_constraints(subject):
        if spec.references is None or spec.on_delete not in _MUTATING or not subject.is_protected(place.table):
            continue
        yield Hit(
            message=f"Deleting a row of {spec.references} changes {place.table}: ON DELETE {spec.on_delete.upper()}.",
            effect="Rows of a protected table go or lose their parent without a statement that names them.",
            remedy=call(
                "op.create_foreign_key",
                spec.name or constraint_name("fk", place.table, *spec.columns),
                place.table.name,
                spec.references.name,
                list(spec.columns),
                list(spec.referenced_columns or ("id",)),
                source_schema=place.table.schema,
                referent_schema=spec.references.schema,
                ondelete="RESTRICT",
            ),
            place=place,
            table=place.table,
            subject=f"{place.table} → {spec.references}",
        )
