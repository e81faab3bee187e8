"""DROP FUNCTION, DROP SEQUENCE.

## What it does
Finds functions, procedures and sequences that existed before and are dropped without one of the same name in the same
revision.

## Why it matters
Calls by the version of the application that is still running fail. A sequence's position is gone with it: one that
downgrade() creates again starts at 1 and gives out numbers a second time.

## Instead
First a release that does not use it; for a sequence, keep its last value.

## Manual
PostgreSQL, DROP FUNCTION, DROP SEQUENCE. Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import POSTGRESQL, Family, Hit, check
from fingood.checks.alembic_code import execute
from fingood.checks.subject import Subject
from fingood.model.action import Verb
from fingood.model.severity import Severity

_PAIRS = {Verb.DROP_FUNCTION: Verb.CREATE_FUNCTION, Verb.DROP_SEQUENCE: Verb.CREATE_SEQUENCE}


@check(
    title="Callers fail, and a sequence forgets its number",
    family=Family.BREAKAGE,
    severity=Severity.WARNING,
    dialects=POSTGRESQL,
)
def drop_routine(subject: Subject) -> Iterator[Hit]:
    for place in subject.places(*_PAIRS):
        named = place.action.object
        made = {other.action.object for other in subject.places(_PAIRS[place.action.verb])}
        if named is None or named in made or place.action.if_exists:
            continue
        sequence = place.action.verb is Verb.DROP_SEQUENCE
        yield Hit(
            message=f"{place.action.detail.capitalize()} {named} is dropped.",
            effect="Its position is gone: created again, it gives out the same numbers a second time."
            if sequence
            else "Whatever still calls it fails.",
            remedy=execute(f"SELECT last_value FROM {named.sql}") + "  # keep it for downgrade()"
            if sequence
            else "# first a release that does not call it",
            place=place,
            subject=str(named),
        )
