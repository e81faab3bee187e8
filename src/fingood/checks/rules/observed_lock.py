"""A table that nobody can read or write until the transaction ends, seen in the run and announced by no other check.

## What it does
Compares the locks before and after every statement of the run. ACCESS EXCLUSIVE on a table that existed before the
revision, and that no other check reports for the same statement, is reported here, with what changed in the table.

## Why it matters
Even a lock held for milliseconds waits behind the longest query on the table, and everybody else waits behind the lock.
It lasts to the end of the transaction, so what comes after it in the same transaction counts. What DO blocks and
functions lock is seen too. All versions of PostgreSQL.

## Instead
A lock_timeout with a retry, and nothing slow after the statement in its transaction.

## Manual
PostgreSQL, 13.3.1; ALTER TABLE. Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import POSTGRESQL, Check, Family, Hit, check
from fingood.checks.observed import announced, observed_places
from fingood.checks.places import VERSION_TABLE
from fingood.checks.subject import Subject
from fingood.model.action import LockMode
from fingood.model.names import RelationName
from fingood.model.plan import Observation
from fingood.model.severity import Severity


@check(
    title="The run kept everybody from a table",
    family=Family.LOCK,
    severity=Severity.INFO,
    dialects=POSTGRESQL,
)
def observed_lock(subject: Subject) -> Iterator[Hit]:
    known = announced(subject, _tells_of_a_lock)
    for place, seen in observed_places(subject):
        if place.statement.index in known:
            continue
        for lock in seen.locks or ():
            heavy = lock.mode is LockMode.ACCESS_EXCLUSIVE and lock.relation.name != VERSION_TABLE
            if not heavy or lock.relation in (*seen.rewritten, *(table for table, _ in seen.scanned)):
                continue
            changed = _changed(seen, lock.relation)
            yield Hit(
                message=f"In the run this statement took ACCESS EXCLUSIVE on {lock.relation}{changed}.",
                effect=f"Nobody reads or writes {lock.relation} until the transaction ends; the lock itself is short.",
                remedy="op.execute(\"SET LOCAL lock_timeout = '5s'\")  # before it, and a retry when it is hit",
                place=place,
                table=lock.relation,
            )


def _tells_of_a_lock(other: Check) -> bool:
    return other.family in (Family.LOCK, Family.BREAKAGE, Family.LOSS)


def _changed(seen: Observation, table: RelationName) -> str:
    changed = "; ".join(str(one) for one in seen.redefined if one.table == table)
    return f" ({changed})" if changed else ""
