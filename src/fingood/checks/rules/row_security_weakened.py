"""Rows that were hidden come into view.

## What it does
Finds row-level security that is disabled or no longer forced, and policies that are dropped and not created again in
the same revision.

## Why it matters
With the last restrictive policy or with row security itself goes what keeps one tenant's or client's rows from
another's sessions. Nothing fails, so nobody notices.

## Instead
Create the new policy first, in the same transaction.

## Manual
PostgreSQL, 5.9. Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import POSTGRESQL, Family, Hit, check
from fingood.checks.alembic_code import execute
from fingood.checks.subject import Subject
from fingood.model.action import Verb
from fingood.model.severity import Severity

_WEAKER = ("disable row security", "no force row security")


@check(
    title="Rows are no longer kept apart",
    family=Family.MONEY,
    severity=Severity.ERROR,
    dialects=POSTGRESQL,
)
def row_security_weakened(subject: Subject) -> Iterator[Hit]:
    created = {place.world.full(place.table) for place in subject.places(Verb.CREATE_POLICY)}
    for place in subject.places(Verb.ROW_SECURITY, Verb.DROP_POLICY):
        if place.new:
            continue
        policy = place.action.object
        if place.action.verb is Verb.DROP_POLICY and place.world.full(place.table) in created:
            continue
        if place.action.verb is Verb.ROW_SECURITY and place.action.detail not in _WEAKER:
            continue
        yield Hit(
            message=f"Policy {policy} on {place.table} is dropped."
            if policy
            else f"{place.action.detail.capitalize()} on {place.table}.",
            effect="Sessions see rows that were kept from them, and nothing fails.",
            remedy=execute(f"ALTER TABLE {place.table.sql} ENABLE ROW LEVEL SECURITY"),
            place=place,
            table=place.table,
        )
