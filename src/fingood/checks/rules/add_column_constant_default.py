"""ADD COLUMN with a default on an old server.

## What it does
Finds ADD COLUMN with any DEFAULT where the server is older than PostgreSQL 11.

## Why it matters
Before 11 the default is written into every row: the table and all its indexes are rewritten under ACCESS EXCLUSIVE.
Since 11 a default that is not volatile is kept in the catalog.

## Instead
Add the column without a default, set the default for new rows, fill the old rows in batches.

## Manual
PostgreSQL 10, ALTER TABLE, Notes; PostgreSQL 11 release notes, E.23.3.1.5. Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import POSTGRESQL, Family, Hit, Need, check
from fingood.checks.rules.add_column_volatile_default import remedy_for
from fingood.checks.subject import Subject
from fingood.checks.wording import held
from fingood.model.action import LockMode, Verb
from fingood.model.names import quote
from fingood.model.severity import Severity


@check(
    title="On this old server any default rewrites the table",
    family=Family.LOCK,
    severity=Severity.ERROR,
    needs=(Need.PLAN, Need.FACTS),
    dialects=POSTGRESQL,
)
def add_column_constant_default(subject: Subject) -> Iterator[Hit]:
    if not 0 < subject.version < 110000:
        return
    for place in subject.places(Verb.ADD_COLUMN):
        default = place.column.default
        if default is None or default.upper() == "NULL" or place.column.volatile_default:
            continue
        yield Hit(
            message=f"PostgreSQL {subject.version // 10000} writes the default {default} of "
            f"{place.table}.{quote(place.column.name)} into every row.",
            effect=held(LockMode.ACCESS_EXCLUSIVE, place.table, while_it="rewrites the table and its indexes"),
            remedy=remedy_for(place, default),
            place=place,
            table=place.table,
            subject=f"{place.table}.{quote(place.column.name)}",
        )
