"""ALTER COLUMN TYPE to a type that holds less.

## What it does
Finds type changes to a shorter text or a number with fewer digits before the point.

## Why it matters
One value that does not fit makes the statement fail, after it has read the table under ACCESS EXCLUSIVE; and the
application may still write such values.

## Instead
A CHECK NOT VALID of the new bound, validated in the next revision; then the change, or keep the wide type.

## Manual
PostgreSQL, 8.1 and 8.3. Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import Family, Hit, check
from fingood.checks.alembic_code import call, constraint_name, execute, steps
from fingood.checks.places import Place
from fingood.checks.subject import Subject
from fingood.checks.type_changes import judge
from fingood.model.action import TypeSpec, Verb
from fingood.model.names import quote, quote_always
from fingood.model.severity import Severity


@check(
    title="A type change may not fit the values that are there",
    family=Family.BREAKAGE,
    severity=Severity.ERROR,
)
def type_change_narrow(subject: Subject) -> Iterator[Hit]:
    for place in subject.places(Verb.ALTER_TYPE):
        new = place.column.type
        old = subject.type_of(place.table, place.column.name)
        narrows = judge(old, new).narrows if old and new else ""
        if not narrows or new is None:
            continue
        yield Hit(
            message=f"{place.table}.{quote(place.column.name)} from {old} to {new} has no room for {narrows}.",
            effect="One such value makes the upgrade fail, or later an INSERT of the application.",
            remedy=_remedy(place, new),
            place=place,
            table=place.table,
            subject=f"{place.table}.{quote(place.column.name)}",
        )


def _remedy(place: Place, new: TypeSpec) -> str:
    table, column = place.table, place.column.name
    name = constraint_name("ck", table, column, "fits")
    whole = new.modifiers[0] - (new.modifiers[1] if len(new.modifiers) > 1 else 0) if new.modifiers else 0
    bounds = {
        "varchar": f"length({quote_always(column)}) <= {whole}",
        "bpchar": f"length({quote_always(column)}) <= {whole}",
        "numeric": f"abs({quote_always(column)}) < 1e{whole}",
        "int2": f"{quote_always(column)} BETWEEN -32768 AND 32767",
        "int4": f"{quote_always(column)} BETWEEN -2147483648 AND 2147483647",
        "int8": f"{quote_always(column)} BETWEEN -9223372036854775808 AND 9223372036854775807",
    }
    bound = bounds.get(new.name, f"{quote_always(column)} IS NOT NULL")
    return steps(
        call("op.create_check_constraint", name, table.name, bound, schema=table.schema, postgresql_not_valid=True),
        execute(f"ALTER TABLE {table.sql} VALIDATE CONSTRAINT {quote_always(name)}"),
        "# the type change, once every row is known to fit",
    )
