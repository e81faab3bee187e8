"""A vacuum against wraparound works on a table of the plan.

## What it does
Looks for an autovacuum "to prevent wraparound" that holds a lock which the revision needs.

## Why it matters
Unlike an ordinary autovacuum it does not give way: the migration waits until the table is vacuumed, and everybody
behind it. Cancelled by hand, it starts again at once.

## Instead
Let it finish; pg_stat_progress_vacuum shows how far it is.

## Manual
PostgreSQL, 24.1.6 "The Autovacuum Daemon"; 27.4.5 "VACUUM Progress Reporting". Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import POSTGRESQL, Family, Hit, Need, check
from fingood.checks.live_tables import age, live_facts, wanted_locks
from fingood.checks.subject import Subject
from fingood.model.live import Look
from fingood.model.severity import Confidence, Severity


@check(
    title="A vacuum against wraparound works on a table of the plan",
    family=Family.LIVE,
    severity=Severity.ERROR,
    needs=(Need.PLAN, Need.LIVE),
    dialects=POSTGRESQL,
    looks=(Look.LOCKS, Look.SESSIONS),
)
def wraparound_vacuum(subject: Subject) -> Iterator[Hit]:
    live, told = live_facts(subject), set()
    for table, mode, statement in wanted_locks(subject):
        for lock in live.locks:
            session = live.session(lock.pid)
            if lock.relation != table.name or not mode.conflicts_with(lock.mode) or table.name in told:
                continue
            if session.prevents_wraparound:
                told.add(table.name)
                yield Hit(
                    message=f"An autovacuum to prevent wraparound has been on {table.name} for {age(session.seconds)}.",
                    effect=f"It does not give way: {mode} waits until it is done.",
                    remedy=f"SELECT * FROM pg_stat_progress_vacuum WHERE pid = {session.pid};  -- how far it is",
                    location=statement.location,
                    subject=str(table.name),
                    confidence=Confidence.OBSERVED,
                )
