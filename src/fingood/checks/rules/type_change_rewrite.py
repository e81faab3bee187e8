"""ALTER COLUMN TYPE that rewrites the table.

## What it does
Finds type changes that are not binary-coercible. Silent are: varchar made longer or made text, numeric made more
precise at the same scale, cidr to inet, timestamp to timestamptz and back where the session's TimeZone is UTC.

## Why it matters
Every row and every index of the table is written anew under ACCESS EXCLUSIVE, and needs as much disk again.
Numeric and varchar since 9.2, timestamps since PostgreSQL 12.

## Instead
A new column beside the old one, filled in batches and kept equal by a trigger, then swapped.

## Manual
PostgreSQL, ALTER TABLE, Notes. Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import POSTGRESQL, Claim, Family, Hit, check
from fingood.checks.alembic_code import Code, call, column_code, execute, type_code
from fingood.checks.places import Place
from fingood.checks.subject import Subject
from fingood.checks.type_changes import TypeChange, judge
from fingood.checks.wording import held
from fingood.model.action import LockMode, TypeSpec, Verb
from fingood.model.names import quote
from fingood.model.severity import Confidence, Severity


@check(
    title="A type change rewrites the table",
    family=Family.LOCK,
    severity=Severity.ERROR,
    dialects=POSTGRESQL,
    claim=Claim.REWRITE,
)
def type_change_rewrite(subject: Subject) -> Iterator[Hit]:
    for place in subject.places(Verb.ALTER_TYPE):
        new = place.column.type
        if new is None or place.world.has_new_column(place.table, place.column.name):
            continue
        old = subject.type_of(place.table, place.column.name)
        change = change_of(subject, place)
        if change and not change.rewrites:
            continue
        was = f"from {old} " if old else ""
        yield Hit(
            message=f"{place.table}.{quote(place.column.name)} {was}to {new} rewrites the whole table.",
            effect=held(LockMode.ACCESS_EXCLUSIVE, place.table, while_it="rewrites the table and its indexes"),
            remedy=_remedy(place, new),
            place=place,
            table=place.table,
            subject=f"{place.table}.{quote(place.column.name)}",
            confidence=Confidence.PARSED if change and change.sure else Confidence.POSSIBLE,
            tells=old is None or {old.name, new.name} != {"timestamp", "timestamptz"},
        )


def change_of(subject: Subject, place: Place) -> TypeChange | None:
    """What the type change does; None where the old type is not known."""
    old, new = subject.type_of(place.table, place.column.name), place.column.type
    zone = subject.facts.timezone if subject.facts else ""
    return judge(old, new, timezone=zone, computed=_computed(place)) if old and new else None


def retyped(place: Place) -> str:
    """The type change itself, as the revision says it."""
    new = place.column.type
    code = type_code(new) if new else None
    if new is None or code is None or place.column.collation or place.column.using:
        return execute(" ".join(place.statement.sql.split()))
    return call("op.alter_column", place.table.name, place.column.name, type_=Code(code), schema=place.table.schema)


def _computed(place: Place) -> bool:
    """A USING that only casts the column itself computes nothing that the type change would not."""
    using = place.column.using
    if not using:
        return False
    plain = using.split("::")[0].strip("() ")
    return plain not in (place.column.name, quote(place.column.name))


def _remedy(place: Place, new: TypeSpec) -> str:
    column = column_code(f"{place.column.name}_new", new, nullable=True)
    return "\n".join(
        (
            call("op.add_column", place.table.name, Code(column), schema=place.table.schema),
            "# a trigger keeps both equal; fill the old rows in batches; switch the application over;",
            "# then drop the old column and rename the new one",
        )
    )
