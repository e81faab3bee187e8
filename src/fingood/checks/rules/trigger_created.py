"""A new trigger on a table that is in use.

## What it does
Names CREATE TRIGGER on tables that existed before the revision.

## Why it matters
SHARE ROW EXCLUSIVE makes writers wait until the transaction ends, and from then on every write runs the trigger: an
error in it fails writes that have nothing to do with it. All versions of PostgreSQL.

## Instead
A revision of its own, short, with lock_timeout.

## Manual
PostgreSQL, CREATE TRIGGER and 13.3.1. Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import POSTGRESQL, Family, Hit, check
from fingood.checks.alembic_code import execute
from fingood.checks.subject import Subject
from fingood.checks.wording import held
from fingood.model.action import LockMode, Verb
from fingood.model.severity import Severity


@check(
    title="Every write runs a new trigger",
    family=Family.LOCK,
    severity=Severity.INFO,
    dialects=POSTGRESQL,
)
def trigger_created(subject: Subject) -> Iterator[Hit]:
    for place in subject.places(Verb.CREATE_TRIGGER):
        yield Hit(
            message=f"Trigger {place.action.object} is put on {place.table}.",
            effect=held(LockMode.SHARE_ROW_EXCLUSIVE, place.table),
            remedy=f"# in a revision of its own:\n{execute(' '.join(place.statement.sql.split()))}",
            place=place,
            table=place.table,
            severity=Severity.INFO,
        )
