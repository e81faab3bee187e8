"""DROP TYPE, DROP DOMAIN.

## What it does
Finds types and domains that are dropped and not created again in the same revision.

## Why it matters
Drivers keep the ids of types; sessions, prepared statements and functions that use it fail from then on. A type of
the same name created later is another type. All versions of PostgreSQL.

## Instead
First a release that does not use it; then drop it in a later revision, without CASCADE.

## Manual
PostgreSQL, DROP TYPE and DROP DOMAIN. Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import POSTGRESQL, Family, Hit, check
from fingood.checks.alembic_code import execute
from fingood.checks.subject import Subject
from fingood.model.action import Verb
from fingood.model.severity import Severity


@check(
    title="Code that uses a type fails",
    family=Family.BREAKAGE,
    severity=Severity.WARNING,
    dialects=POSTGRESQL,
)
def drop_type(subject: Subject) -> Iterator[Hit]:
    made = {place.action.object for place in subject.places(Verb.CREATE_TYPE, Verb.CREATE_DOMAIN)}
    for place in subject.places(Verb.DROP_TYPE):
        named, kind = place.action.object, place.action.detail
        if named is None or named in made or place.action.if_exists:
            continue
        yield Hit(
            message=f"{kind.capitalize()} {named} is dropped.",
            effect="Sessions and functions that still use it fail.",
            remedy="# in a later release:\n" + execute(f"DROP {kind.upper()} {named.sql}"),
            place=place,
            subject=str(named),
        )
