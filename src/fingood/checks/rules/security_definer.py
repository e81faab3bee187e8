"""A function with its owner's rights and the caller's names.

## What it does
Finds SECURITY DEFINER functions that do not set search_path.

## Why it matters
The caller chooses by search_path, or by a temporary table, which table a name in the function means. The function
then reads or writes it with the rights of its owner.

## Instead
`SET search_path = pg_catalog, pg_temp` as part of the function, and schemas before all names.

## Manual
PostgreSQL, CREATE FUNCTION, "Writing SECURITY DEFINER Functions Safely". Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import POSTGRESQL, Family, Hit, check
from fingood.checks.alembic_code import execute
from fingood.checks.subject import Subject
from fingood.model.action import Verb
from fingood.model.severity import Severity


@check(
    title="The caller chooses which tables a privileged function touches",
    family=Family.MONEY,
    severity=Severity.ERROR,
    dialects=POSTGRESQL,
)
def security_definer(subject: Subject) -> Iterator[Hit]:
    for place in subject.places(Verb.CREATE_FUNCTION):
        words = place.action.detail.split(", ")
        if "security definer" not in words or "set search_path" in words or place.action.object is None:
            continue
        named = place.action.object
        yield Hit(
            message=f"Function {named} is SECURITY DEFINER and sets no search_path.",
            effect="Whoever may call it decides which tables its names mean, and it uses its owner's rights on them.",
            remedy=execute(f"ALTER FUNCTION {named.sql} SET search_path = pg_catalog, pg_temp"),
            place=place,
            subject=str(named),
        )
