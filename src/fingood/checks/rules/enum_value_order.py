"""A new enum value goes to the end.

## What it does
Finds ALTER TYPE ... ADD VALUE without BEFORE or AFTER, of enums that existed before the revision.

## Why it matters
Enums sort by the order of their values, in ORDER BY, in comparisons and in indexes. The order cannot be changed
later. All versions of PostgreSQL.

## Instead
Say where it belongs.

## Manual
PostgreSQL, 8.7.2 and ALTER TYPE. Since fingood 0.1.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from fingood.checks._check import POSTGRESQL, Family, Hit, check
from fingood.checks.alembic_code import execute, outside_transaction
from fingood.checks.subject import Subject
from fingood.model.action import Verb
from fingood.model.severity import Severity

_PLACED = re.compile(r"\b(?:BEFORE|AFTER)\s+'", re.IGNORECASE)


@check(
    title="A new enum value sorts after all others",
    family=Family.DESIGN,
    severity=Severity.INFO,
    dialects=POSTGRESQL,
)
def enum_value_order(subject: Subject) -> Iterator[Hit]:
    made = {place.action.object for place in subject.places(Verb.CREATE_TYPE)}
    for place in subject.places(Verb.ALTER_ENUM_ADD):
        named, value = place.action.object, place.action.new_name or ""
        if named is None or named in made or _PLACED.search(place.statement.sql):
            continue
        quoted = value.replace("'", "''")
        yield Hit(
            message=f"'{value}' of {named} sorts after all other values.",
            effect="ORDER BY, < and > follow that order, and it cannot be changed later.",
            remedy=outside_transaction(
                execute(f"ALTER TYPE {named.sql} ADD VALUE IF NOT EXISTS '{quoted}'")
                + "  # BEFORE or AFTER one of its values"
            ),
            place=place,
            subject=f"{named}.{value}",
        )
