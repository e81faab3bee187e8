"""A table read whole under a lock that makes others wait, seen in the run and announced by no other check.

## What it does
Counts the scans of each table before and after every statement of the run. A scan by a statement that locks the same
table so that writes wait, and that no other check reports, is reported here. Queries and DML are left out: which way
they read depends on the table's size.

## Why it matters
The lock lasts as long as the table is read: SET NOT NULL in a DO block, ATTACH PARTITION without a CHECK that proves
the bounds, a constraint on a domain that columns use. All versions of PostgreSQL.

## Instead
Prove the condition first with a CHECK NOT VALID and VALIDATE CONSTRAINT, which lets others read and write.

## Manual
PostgreSQL, 13.3.1; 27.2 (pg_stat_xact_user_tables). Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import POSTGRESQL, Check, Family, Hit, check
from fingood.checks.observed import announced, observed_places
from fingood.checks.places import Place
from fingood.checks.subject import Subject
from fingood.checks.wording import held
from fingood.model.action import Lock, Verb
from fingood.model.names import RelationName
from fingood.model.plan import Observation
from fingood.model.severity import Severity

_READ_AS_THEY_LIKE = frozenset(
    {Verb.REFRESH_MATVIEW, Verb.INSERT, Verb.UPDATE, Verb.DELETE, Verb.MERGE, Verb.COPY, Verb.TRUNCATE, Verb.LOCK}
)


@check(
    title="The run read a whole table while others had to wait",
    family=Family.LOCK,
    severity=Severity.ERROR,
    dialects=POSTGRESQL,
)
def observed_scan_under_lock(subject: Subject) -> Iterator[Hit]:
    known = announced(subject, _tells_of_a_scan)
    for place, seen in observed_places(subject):
        if place.statement.index in known or place.action.verb in _READ_AS_THEY_LIKE:
            continue
        for table, _ in seen.scanned:
            lock = _lock_on(table, place, seen)
            if lock is None or table in seen.rewritten:
                continue
            yield Hit(
                message=f"In the run this statement read all of {table} under a lock.",
                effect=held(lock.mode, table, while_it="reads the whole table"),
                remedy="# first a CHECK NOT VALID that proves it, VALIDATE CONSTRAINT in the next revision, then this",
                place=place,
                table=table,
            )


def _tells_of_a_scan(other: Check) -> bool:
    """Whoever reports a statement for a lock says how long it is held; but not the check that counts tables."""
    return other.family in (Family.LOCK, Family.BREAKAGE) and other.id != "wide-lock-window"


def _lock_on(table: RelationName, place: Place, seen: Observation) -> Lock | None:
    """The statement's own lock that makes writers wait. For an opaque statement, and for a SELECT, which locks so only
    through the functions that it calls, only one that it took itself counts."""
    hidden = place.statement.opaque or place.action.verb is Verb.SELECT
    locks = seen.locks if hidden else place.statement.locks
    return next((lock for lock in locks or () if lock.relation == table and lock.mode.blocks_writes), None)
