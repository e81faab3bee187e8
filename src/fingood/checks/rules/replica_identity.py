"""What replicas and change feeds know a row by.

## What it does
Finds ALTER TABLE ... REPLICA IDENTITY on tables that existed before the revision.

## Why it matters
With NOTHING, UPDATE and DELETE on a published table fail (SQLSTATE 55000). With FULL, every change writes the whole
old row to the WAL and subscribers look for it by all columns. A subscriber or a change feed that was built on the old
identity gets messages that it cannot apply.

## Instead
A primary key, or REPLICA IDENTITY USING INDEX of a unique index on NOT NULL columns, agreed with the subscribers.

## Manual
PostgreSQL, 29.1.1; ALTER TABLE, REPLICA IDENTITY. Since fingood 0.1.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from fingood.checks._check import POSTGRESQL, Family, Hit, check
from fingood.checks.alembic_code import execute
from fingood.checks.subject import Subject
from fingood.model.action import Verb
from fingood.model.severity import Severity

_KIND = re.compile(r"REPLICA\s+IDENTITY\s+(NOTHING|FULL|DEFAULT|USING)", re.IGNORECASE)


@check(
    title="Replication knows rows by something else",
    family=Family.BREAKAGE,
    severity=Severity.WARNING,
    dialects=POSTGRESQL,
)
def replica_identity(subject: Subject) -> Iterator[Hit]:
    for place in subject.places(Verb.REPLICA_IDENTITY):
        found = _KIND.search(place.statement.sql)
        kind = found.group(1).upper() if found else ""
        yield Hit(
            message=f"{place.table} gets REPLICA IDENTITY {kind}.".replace(" .", "."),
            effect="UPDATE and DELETE fail as soon as the table is published."
            if kind == "NOTHING"
            else "Subscribers and change feeds get another key than they were built on.",
            remedy=execute(f"ALTER TABLE {place.table.sql} REPLICA IDENTITY DEFAULT"),
            place=place,
            table=place.table,
            severity=Severity.ERROR if kind == "NOTHING" else None,
        )
