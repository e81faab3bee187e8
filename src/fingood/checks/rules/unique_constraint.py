"""ADD UNIQUE without USING INDEX.

## What it does
Finds UNIQUE constraints that build their index when they are added by ADD CONSTRAINT.

## Why it matters
The index is built under ACCESS EXCLUSIVE: nobody reads or writes until it is done, and duplicates make it fail at the
end. All versions of PostgreSQL. UNIQUE in ADD COLUMN has a check of its own, add-column-inline-unique.

## Instead
A unique index CONCURRENTLY, then ADD CONSTRAINT ... USING INDEX, which takes a moment.

## Manual
PostgreSQL, ALTER TABLE, ADD table_constraint_using_index. Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import POSTGRESQL, Family, Hit, check
from fingood.checks.alembic_code import call, constraint_name, execute, outside_transaction, steps
from fingood.checks.places import Place
from fingood.checks.subject import Subject
from fingood.checks.wording import held
from fingood.model.action import ConstraintKind, ConstraintSpec, LockMode, Verb
from fingood.model.names import RelationName, quote_always
from fingood.model.severity import Severity


@check(
    title="A unique constraint builds its index while everybody waits",
    family=Family.LOCK,
    severity=Severity.ERROR,
    dialects=POSTGRESQL,
)
def unique_constraint(subject: Subject) -> Iterator[Hit]:
    for place in subject.places(Verb.ADD_CONSTRAINT):
        for spec in building(place, ConstraintKind.UNIQUE):
            columns = ", ".join(spec.columns)
            yield Hit(
                message=f"UNIQUE ({columns}) on {place.table} builds its index while nobody can read or write.",
                effect=held(LockMode.ACCESS_EXCLUSIVE, place.table, while_it="builds the index"),
                remedy=remedy_for(place.table, spec, "uq", "UNIQUE"),
                place=place,
                table=place.table,
                subject=f"{place.table} ({columns})",
            )


def building(place: Place, kind: ConstraintKind) -> list[ConstraintSpec]:
    """The constraints of this kind that the action builds an index for."""
    specs = place.column.constraints if place.action.column else (place.action.constraint,)
    return [spec for spec in specs if spec and spec.kind is kind and not spec.using_index]


def remedy_for(table: RelationName, spec: ConstraintSpec, prefix: str, words: str) -> str:
    """The index first, without a lock that anybody feels; the constraint then takes it over."""
    name = spec.name or constraint_name(prefix, table, *spec.columns)
    index = call(
        "op.create_index",
        name,
        table.name,
        list(spec.columns),
        schema=table.schema,
        unique=True,
        postgresql_concurrently=True,
    )
    quoted = quote_always(name)
    return steps(
        outside_transaction(index),
        execute(f"ALTER TABLE {table.sql} ADD CONSTRAINT {quoted} {words} USING INDEX {quoted}"),
    )
