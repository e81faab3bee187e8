"""A concurrent index build will wait for an old transaction.

## What it does
Where the revision builds, rebuilds or drops an index CONCURRENTLY, or detaches a partition so: looks for transactions
of this database that have been open for 10 s and more.

## Why it matters
The build waits until every transaction with an older snapshot has ended, whatever table it reads. The wait counts
against lock_timeout; when it runs out, an invalid index stays behind.

## Instead
Start it when no long transaction runs; give CONCURRENTLY a lock_timeout of its own (guard.concurrent_lock_timeout).

## Manual
PostgreSQL, CREATE INDEX, "Building Indexes Concurrently". Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import POSTGRESQL, Family, Hit, Need, check
from fingood.checks.live_tables import age, live_facts
from fingood.checks.subject import Subject
from fingood.model.live import Look
from fingood.model.severity import Confidence, SafetyLevel, Severity

_OLD = 10.0


@check(
    title="A concurrent index build will wait for an old transaction",
    family=Family.LIVE,
    severity=Severity.WARNING,
    needs=(Need.PLAN, Need.LIVE),
    dialects=POSTGRESQL,
    from_level=SafetyLevel.MEDIUM,
    looks=(Look.SESSIONS,),
)
def concurrent_build_waits(subject: Subject) -> Iterator[Hit]:
    place = next((place for place in subject.places() if place.action.concurrently), None)
    if place is None:
        return
    for session in live_facts(subject).sessions:
        if session.seconds >= _OLD and not session.autovacuum and (session.snapshot or session.state):
            yield Hit(
                message=f"CONCURRENTLY waits for {session}: its transaction has been open for {age(session.seconds)}.",
                effect="Where a timeout ends the wait, an invalid index stays behind."
                + (f" Its last statement: {session.query}" if session.query else ""),
                remedy=f"SELECT pg_terminate_backend({session.pid});  -- after asking its owner",
                place=place,
                subject=str(session),
                confidence=Confidence.OBSERVED,
            )
