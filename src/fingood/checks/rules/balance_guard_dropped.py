"""Nothing keeps a balance or a booking right any more.

## What it does
Finds CHECKs on columns of money, and foreign keys of protected tables, that are dropped while neither the revision,
nor one that is pending before it, nor the schema below has another one on the same columns.

## Why it matters
The rule that no balance is negative, or that no booking lacks its account, then holds only where the application
keeps it; what breaks it is found in a reconciliation, if at all, and keeps the constraint from coming back.

## Instead
Add the new constraint NOT VALID first and validate it, then drop the old one.

## Standard
SOX 404 (control activities); PostgreSQL, 5.5. Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import Family, Hit, Need, check
from fingood.checks.alembic_code import execute
from fingood.checks.money_names import is_money
from fingood.checks.places import Place
from fingood.checks.subject import Subject
from fingood.model.action import ConstraintKind, ConstraintSpec, Verb
from fingood.model.facts import ConstraintFacts
from fingood.model.names import quote_always
from fingood.model.severity import Severity


@check(
    title="Nothing keeps a balance right any more",
    family=Family.MONEY,
    severity=Severity.ERROR,
    needs=(Need.PLAN, Need.FACTS),
)
def balance_guard_dropped(subject: Subject) -> Iterator[Hit]:
    for place, guard in guards_dropped(subject):
        table = place.table
        name = quote_always(guard.name)
        yield Hit(
            message=f"{guard.name} on {table} is dropped: {guard.definition} is no longer kept.",
            effect="Bookings that break it come in, and keep it from coming back.",
            remedy=execute(f"ALTER TABLE {table.sql} ADD CONSTRAINT {name} {_definition(guard)} NOT VALID")
            + "\n# then, in the next revision:\n"
            + execute(f"ALTER TABLE {table.sql} VALIDATE CONSTRAINT {name}"),
            place=place,
            table=table,
            subject=f"{table}.{guard.name}",
            severity=Severity.ERROR,
        )


def guards_dropped(subject: Subject) -> Iterator[tuple[Place, ConstraintFacts]]:
    """The dropped constraints that kept money right and that nothing replaces."""
    for place in subject.places(Verb.DROP_CONSTRAINT):
        known, named = subject.table(place.table), place.action.object
        constraints = known.constraints if known and named else ()
        found = next((one for one in constraints if named and one.name == named.name), None)
        if found is None or not _guards(subject, place, found):
            continue
        others = [one for one in constraints if one.name != found.name and one.kind == found.kind]
        if not any(set(one.columns) & set(found.columns) for one in others) and not _added(subject, place, found):
            yield place, found


def _guards(subject: Subject, place: Place, found: ConstraintFacts) -> bool:
    if found.kind == ConstraintKind.CHECK.value:
        empty = "IS NOT NULL" in found.definition.upper()
        return not empty and any(is_money(column, subject.money) for column in found.columns)
    return found.kind == ConstraintKind.FOREIGN_KEY.value and subject.is_protected(place.table)


def _added(subject: Subject, place: Place, found: ConstraintFacts) -> bool:
    """Whether this revision or a pending one before it adds a constraint of the kind to the columns."""
    table = place.world.full(place.table)
    added = [(place.world.full(one.table), one.action.constraint) for one in subject.places(Verb.ADD_CONSTRAINT)]
    return any(owner == table and spec and _covers(spec, found) for owner, spec in (*added, *place.world.constraints))


def _covers(spec: ConstraintSpec, found: ConstraintFacts) -> bool:
    if spec.kind.value != found.kind:
        return False
    text = spec.expression or ""
    return any(column in spec.columns or column in text for column in found.columns)


def _definition(guard: ConstraintFacts) -> str:
    return guard.definition.removesuffix(" NOT VALID")
