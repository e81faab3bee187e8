"""ALTER TYPE ... RENAME VALUE.

## What it does
Finds renamed values of enum types.

## Why it matters
All rows have the new name at once. The version of the application that is still running fails when it writes the old
name, and when it reads the new one, which it does not know.

## Instead
ADD VALUE the new name, write it from the next release on, then UPDATE the old rows in batches.

## Manual
PostgreSQL, ALTER TYPE. Since fingood 0.1.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from fingood.checks._check import POSTGRESQL, Family, Hit, check
from fingood.checks.alembic_code import execute, outside_transaction
from fingood.checks.subject import Subject
from fingood.model.action import Verb
from fingood.model.severity import Severity

_NAMES = re.compile(r"RENAME\s+VALUE\s+'((?:[^']|'')*)'", re.IGNORECASE)


@check(
    title="Code that knows the value's old name fails",
    family=Family.BREAKAGE,
    severity=Severity.ERROR,
    dialects=POSTGRESQL,
)
def rename_enum_value(subject: Subject) -> Iterator[Hit]:
    made = {place.action.object for place in subject.places(Verb.CREATE_TYPE)}
    for place in subject.places(Verb.ALTER_ENUM_RENAME):
        named = place.action.object
        if named is None or named in made:
            continue
        found = _NAMES.search(place.statement.sql)
        old, new = (found.group(1) if found else "?"), place.action.new_name or ""
        quoted = new.replace("'", "''")
        yield Hit(
            message=f"Value '{old}' of {named} becomes '{new}' in one step.",
            effect="The version that is still running fails when it writes the old name or reads the new one.",
            remedy=outside_transaction(execute(f"ALTER TYPE {named.sql} ADD VALUE IF NOT EXISTS '{quoted}'")),
            place=place,
            subject=f"{named}.{old}",
        )
