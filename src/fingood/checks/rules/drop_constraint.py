"""DROP CONSTRAINT.

## What it does
Finds constraints that are dropped and not added again in the same revision. Primary keys have a check of their own,
drop-primary-key, and what keeps money right too, balance-guard-dropped.

## Why it matters
From then on the rows that it kept out come in: double bookings, negative balances, orphans. To put it back needs a
table in which every row fits.

## Instead
Add the new constraint NOT VALID before the old one goes; drop unique constraints last.

## Manual
PostgreSQL, ALTER TABLE, DROP CONSTRAINT. Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import Family, Hit, check
from fingood.checks.places import Place
from fingood.checks.rules.balance_guard_dropped import guards_dropped
from fingood.checks.subject import Subject
from fingood.model.action import ConstraintKind, Verb
from fingood.model.severity import Confidence, Severity

_WATCHED = ("unique", "foreign key", "check", "primary key", "exclusion")


@check(title="A constraint no longer protects the data", family=Family.BREAKAGE, severity=Severity.WARNING)
def drop_constraint(subject: Subject) -> Iterator[Hit]:
    guards = {found.name for _, found in guards_dropped(subject)}
    for place in subject.places(Verb.DROP_CONSTRAINT):
        named = place.action.object
        known = subject.table(place.table)
        found = next((one for one in known.constraints if named and one.name == named.name), None) if known else None
        if named is None or (known and found is None) or _replaced(subject, place, found.kind if found else ""):
            continue
        if found and found.kind == "primary key" and subject.dialect == "postgresql":
            continue
        if found and found.name in guards:
            continue
        if found and found.kind == "check" and "IS NOT NULL" in found.definition.upper():
            continue
        if known is None and any(other.table == place.table for other in subject.places(Verb.SET_NOT_NULL)):
            continue
        what = found.definition if found and found.kind in _WATCHED else "a constraint"
        yield Hit(
            message=f"{named} on {place.table} is dropped: {what} holds no longer.",
            effect="Rows that it kept out come in, and stand in the way of putting it back.",
            remedy="# add what replaces it (NOT VALID) first, in an earlier revision",
            place=place,
            table=place.table,
            subject=f"{place.table}.{named}",
            severity=None if known else Severity.WARNING,
            confidence=Confidence.PARSED if known else Confidence.POSSIBLE,
        )


def _replaced(subject: Subject, place: Place, kind: str) -> bool:
    """Whether the revision adds a constraint of the same kind to the table, before or after."""
    kinds = [
        other.action.constraint.kind
        for other in subject.places(Verb.ADD_CONSTRAINT)
        if other.table == place.table and other.action.constraint
    ]
    return bool(kinds) and (not kind or ConstraintKind(kind) in kinds)
