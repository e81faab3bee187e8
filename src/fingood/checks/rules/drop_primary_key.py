"""DROP CONSTRAINT of a primary key.

## What it does
Finds primary keys that are dropped and not added again in the same revision.

## Why it matters
Rows can no longer be told apart, duplicates and NULLs come in. Where the table is published, every UPDATE and DELETE
fails from then on (SQLSTATE 55000), because the primary key was its replica identity. CASCADE takes the foreign keys
that refer to it along. The drop takes ACCESS EXCLUSIVE on the table, on all versions of PostgreSQL.

## Instead
Build the new key's index CONCURRENTLY, then drop the old key and add the new one USING INDEX in one revision.

## Manual
PostgreSQL, ALTER TABLE, DROP CONSTRAINT and REPLICA IDENTITY; 31.1. Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import POSTGRESQL, Family, Hit, Need, check
from fingood.checks.alembic_code import call, constraint_name, execute, outside_transaction, steps
from fingood.checks.places import Place
from fingood.checks.subject import Subject
from fingood.model.action import ConstraintKind, Verb
from fingood.model.facts import ConstraintFacts
from fingood.model.names import quote_always
from fingood.model.severity import Severity


@check(
    title="Rows lose what tells them apart",
    family=Family.BREAKAGE,
    severity=Severity.ERROR,
    needs=(Need.PLAN, Need.FACTS),
    dialects=POSTGRESQL,
)
def drop_primary_key(subject: Subject) -> Iterator[Hit]:
    for place in subject.places(Verb.DROP_CONSTRAINT):
        key = primary_key_dropped(subject, place)
        if key is None or _replaced(subject, place):
            continue
        cascade = " CASCADE takes the foreign keys that refer to it along." if place.action.cascade else ""
        yield Hit(
            message=f"The primary key ({', '.join(key.columns)}) of {place.table} is dropped.",
            effect=f"Duplicates come in, and a published table takes no UPDATE or DELETE any more.{cascade}",
            remedy=_remedy(place, key),
            place=place,
            table=place.table,
            subject=f"{place.table}.{key.name}",
        )


def primary_key_dropped(subject: Subject, place: Place) -> ConstraintFacts | None:
    """The primary key that the DROP CONSTRAINT is about, if it is one."""
    known, named = subject.table(place.table), place.action.object
    constraints = known.constraints if known and named else ()
    return next((one for one in constraints if named and one.name == named.name and one.kind == "primary key"), None)


def _replaced(subject: Subject, place: Place) -> bool:
    return any(
        other.table == place.table
        and other.action.constraint is not None
        and other.action.constraint.kind is ConstraintKind.PRIMARY_KEY
        for other in subject.places(Verb.ADD_CONSTRAINT)
    )


def _remedy(place: Place, key: ConstraintFacts) -> str:
    table = place.table
    name = constraint_name("pk", table, "new")
    index = call(
        "op.create_index",
        name,
        table.name,
        list(key.columns),
        schema=table.schema,
        unique=True,
        postgresql_concurrently=True,
    )
    swap = call("op.drop_constraint", key.name, table.name, schema=table.schema)
    quoted = quote_always(name)
    take = execute(f"ALTER TABLE {table.sql} ADD CONSTRAINT {quoted} PRIMARY KEY USING INDEX {quoted}")
    return steps(f"# of the columns of the new key\n{outside_transaction(index)}", f"{swap}\n{take}")
