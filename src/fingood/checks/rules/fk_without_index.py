"""A foreign key whose columns no index starts with.

## What it does
Finds foreign keys, of new tables too, without an index on the referring columns: neither one that is there, nor the
primary key or a UNIQUE constraint, nor one that the same revision creates. A warning where ON DELETE follows the key
into a table that has rows, else information.

## Why it matters
PostgreSQL does not create one. Each DELETE of a parent row, and each UPDATE of its key, reads the whole child table;
with ON DELETE CASCADE or SET NULL once for each parent row, under locks.

## Instead
An index on the columns, built CONCURRENTLY before the constraint.

## Manual
PostgreSQL, 5.5.5 "Foreign Keys". Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import Family, Hit, check
from fingood.checks.alembic_code import call, constraint_name, outside_transaction
from fingood.checks.columns import written_constraints
from fingood.checks.indexes import dropped_names, indexes_below, indexes_written, leads_with
from fingood.checks.places import Place
from fingood.checks.subject import SMALL_TABLE, Subject
from fingood.model.action import ConstraintKind, ConstraintSpec, IndexSpec, Verb
from fingood.model.names import RelationName
from fingood.model.severity import Severity

_FOLLOWING = ("cascade", "set null", "set default")


@check(
    title="A foreign key has no index on its columns",
    family=Family.DESIGN,
    severity=Severity.INFO,
)
def fk_without_index(subject: Subject) -> Iterator[Hit]:
    for place, key in written_constraints(subject):
        if key.kind is not ConstraintKind.FOREIGN_KEY or not key.columns:
            continue
        if any(leads_with(index, key.columns) for index in _indexes(subject, place.table)):
            continue
        rows = subject.rows(place.table)
        grave = key.on_delete in _FOLLOWING and (rows is None or rows >= SMALL_TABLE) and not _is_new(place)
        columns = ", ".join(key.columns)
        yield Hit(
            message=f"No index of {place.table} starts with ({columns}), which refers to {key.references}.",
            effect=f"Each DELETE in {key.references} reads all of {place.table}.",
            remedy=_remedy(place, key),
            place=place,
            table=place.table,
            subject=f"{place.table} ({columns})",
            severity=Severity.WARNING if grave else Severity.INFO,
        )


def _indexes(subject: Subject, table: RelationName) -> list[IndexSpec]:
    """All indexes that the table has once the revision is done."""
    dropped = dropped_names(subject)
    below = [index for index in indexes_below(subject, table) if index.name not in dropped]
    return below + [index for _, index in indexes_written(subject, table)]


def _is_new(place: Place) -> bool:
    return place.new or place.action.verb is Verb.CREATE_TABLE


def _remedy(place: Place, key: ConstraintSpec) -> str:
    table = place.table
    arguments = (constraint_name("ix", table, *key.columns), table.name, list(key.columns))
    if _is_new(place):
        return call("op.create_index", *arguments, schema=table.schema)
    return outside_transaction(call("op.create_index", *arguments, schema=table.schema, postgresql_concurrently=True))
