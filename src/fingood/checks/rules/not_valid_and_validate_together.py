"""NOT VALID and VALIDATE CONSTRAINT in one transaction.

## What it does
Finds VALIDATE CONSTRAINT in a transaction that already holds a stronger lock on the table, mostly because it added the
constraint NOT VALID itself.

## Why it matters
VALIDATE needs SHARE UPDATE EXCLUSIVE only, which lets others read and write. The lock of ADD CONSTRAINT (ACCESS
EXCLUSIVE for a CHECK, SHARE ROW EXCLUSIVE for a foreign key) is held to the end of the transaction, so that the whole
scan happens under it and NOT VALID was for nothing. All versions of PostgreSQL.

## Instead
Two revisions, each in its own transaction.

## Manual
PostgreSQL, ALTER TABLE, Notes on NOT VALID. Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import POSTGRESQL, Family, Hit, check
from fingood.checks.alembic_code import execute
from fingood.checks.subject import Subject
from fingood.model.action import Verb
from fingood.model.names import quote_always
from fingood.model.severity import Severity


@check(
    title="VALIDATE runs under the lock that NOT VALID was meant to avoid",
    family=Family.LOCK,
    severity=Severity.ERROR,
    dialects=POSTGRESQL,
)
def not_valid_and_validate_together(subject: Subject) -> Iterator[Hit]:
    added = subject.places(Verb.ADD_CONSTRAINT)
    for place in subject.places(Verb.VALIDATE_CONSTRAINT):
        named = place.action.object
        together = [
            other
            for other in added
            if other.table == place.table
            and other.statement.transaction is not None
            and other.statement.transaction == place.statement.transaction
        ]
        if not together or named is None:
            continue
        yield Hit(
            message=f"{named} is added and validated in one transaction, under the lock of the first statement.",
            effect=f"The lock of ADD CONSTRAINT stays on {place.table} while VALIDATE reads every row.",
            remedy="# in a revision of its own, after this one\n"
            + execute(f"ALTER TABLE {place.table.sql} VALIDATE CONSTRAINT {quote_always(named.name)}"),
            place=place,
            table=place.table,
            subject=f"{place.table}.{named}",
        )
