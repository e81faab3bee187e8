"""ALTER SCHEMA ... RENAME.

## What it does
Finds renamed schemas.

## Why it matters
Every query of the running version that names the schema fails, search_path and default privileges point nowhere, and
functions with the old name in their text fail when they are called.

## Instead
A new schema with views of the old tables; move the tables one by one in later releases.

## Manual
PostgreSQL, ALTER SCHEMA. Since fingood 0.1.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from fingood.checks._check import POSTGRESQL, Family, Hit, check
from fingood.checks.alembic_code import execute
from fingood.checks.subject import Subject
from fingood.model.action import Verb
from fingood.model.names import quote, quote_always
from fingood.model.severity import Severity


@check(
    title="Code that uses the schema's old name fails",
    family=Family.BREAKAGE,
    severity=Severity.ERROR,
    dialects=POSTGRESQL,
)
def rename_schema(subject: Subject) -> Iterator[Hit]:
    for place in subject.places(Verb.RENAME_SCHEMA):
        new = place.action.new_name or ""
        old = _renamed(place.statement.sql)
        yield Hit(
            message=f"Schema {old} becomes {quote(new)} in one step.",
            effect="Every query of the version that is still running fails if it names the schema.",
            remedy=execute(f"CREATE SCHEMA {quote_always(new)}")
            + "\n# then views of the old tables in it, and move the tables in later releases",
            place=place,
            subject=old,
        )


def _renamed(sql: str) -> str:
    found = re.search(r"SCHEMA\s+(.+?)\s+RENAME\b", sql, re.IGNORECASE | re.DOTALL)
    return found.group(1) if found else "?"
