"""DETACH PARTITION without CONCURRENTLY.

## What it does
Finds DETACH PARTITION without CONCURRENTLY, which PostgreSQL has since 14.

## Why it matters
ACCESS EXCLUSIVE on the partitioned table and on the partition: nobody reads or writes any of its partitions, the
statement waits for every query on them that runs already, and everybody else waits behind it.

## Instead
DETACH PARTITION ... CONCURRENTLY in an autocommit block: SHARE UPDATE EXCLUSIVE on the parent.

## Manual
PostgreSQL, ALTER TABLE, DETACH PARTITION. Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import POSTGRESQL, Family, Hit, check
from fingood.checks.alembic_code import execute, outside_transaction
from fingood.checks.subject import Subject
from fingood.checks.wording import held
from fingood.model.action import LockMode, Verb
from fingood.model.severity import Severity


@check(
    title="A partitioned table is locked against everybody",
    family=Family.LOCK,
    severity=Severity.ERROR,
    dialects=POSTGRESQL,
)
def detach_partition(subject: Subject) -> Iterator[Hit]:
    for place in subject.places(Verb.DETACH_PARTITION):
        if place.action.concurrently:
            continue
        child = place.action.others[0]
        old = 0 < subject.version < 140000
        yield Hit(
            message=f"{child} is detached from {place.table} without CONCURRENTLY.",
            effect=held(LockMode.ACCESS_EXCLUSIVE, place.table),
            remedy=execute("SET LOCAL lock_timeout = '2s'")
            if old
            else outside_transaction(
                execute(f"ALTER TABLE {place.table.sql} DETACH PARTITION {child.sql} CONCURRENTLY")
            ),
            place=place,
            table=place.table,
            severity=Severity.WARNING if old else None,
        )
