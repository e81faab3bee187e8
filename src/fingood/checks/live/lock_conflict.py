"""Somebody holds a lock that the migration will wait for.

## What it does
For each table and lock mode that the revision takes: which sessions hold or wait for a conflicting lock on it now, for
how long their transaction has been open, and their last statement without its values. Transactions younger than 1 s
are not told of; an autovacuum gives way and is an info.

## Why it matters
The migration queues behind them, and everybody who comes later queues behind the migration: an outage even where its
own work takes a millisecond. With a lock_timeout it fails instead.

## Instead
Wait until the session is done, or end it after asking its owner; then run with a short lock_timeout.

## Manual
PostgreSQL, 13.3.1 "Table-Level Locks", table 13.2. Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import POSTGRESQL, Family, Hit, Need, check
from fingood.checks.live_tables import age, live_facts, wanted_locks
from fingood.checks.subject import Subject
from fingood.model.action import LockMode
from fingood.model.live import HIDDEN, HeldLock, LiveFacts, LiveSession, Look
from fingood.model.names import RelationName
from fingood.model.severity import Confidence, SafetyLevel, Severity

_YOUNG = 1.0


@check(
    title="Somebody holds a lock that the migration will wait for",
    family=Family.LIVE,
    severity=Severity.ERROR,
    needs=(Need.PLAN, Need.LIVE),
    dialects=POSTGRESQL,
    at_level={SafetyLevel.LOW: Severity.WARNING},
    looks=(Look.LOCKS, Look.SESSIONS),
)
def lock_conflict(subject: Subject) -> Iterator[Hit]:
    live, told = live_facts(subject), set()
    for table, mode, statement in wanted_locks(subject):
        blockers = sorted(_in_the_way(live, table.name, mode), key=lambda pair: -pair[1].seconds)
        if not blockers or table.name in told:
            continue
        told.add(table.name)
        lock, session = next((pair for pair in blockers if not pair[1].autovacuum), blockers[0])
        more = len({blocker.pid for _, blocker in blockers}) - 1
        yield Hit(
            message=f"{mode} on {table.name} waits for {session}, which {_does(lock, session)}"
            + (f", and for {more} more." if more else "."),
            effect=_effect(mode, session),
            remedy=_remedy(session),
            location=statement.location,
            subject=str(table.name),
            severity=_lighter(session),
            confidence=Confidence.OBSERVED,
            evidence={"holds": str(lock.mode), "state": session.state, "query": session.query},
        )


def _in_the_way(live: LiveFacts, table: RelationName, mode: LockMode) -> Iterator[tuple[HeldLock, LiveSession]]:
    """Conflicting locks with their sessions; a wraparound vacuum has a check of its own."""
    for lock in live.locks:
        if lock.relation == table and mode.conflicts_with(lock.mode):
            session = live.session(lock.pid)
            unseen = session.state == HIDDEN and Look.SESSIONS in live.unseen
            if not session.prevents_wraparound and (session.seconds >= _YOUNG or unseen):
                yield lock, session


def _lighter(session: LiveSession) -> Severity | None:
    if session.autovacuum:
        return Severity.INFO
    return Severity.WARNING if session.state == HIDDEN else None


def _does(lock: HeldLock, session: LiveSession) -> str:
    does = f"{'holds' if lock.granted else 'itself waits for'} {lock.mode}"
    if session.state == HIDDEN:
        return f"{does}; for how long is hidden from us"
    return f"{does} in a transaction that has been open for {age(session.seconds)}"


def _effect(mode: LockMode, session: LiveSession) -> str:
    if session.autovacuum:
        return "Autovacuum gives way after deadlock_timeout (1 s)."
    queue = "readers and writers" if mode.blocks_reads else "writers" if mode.blocks_writes else "schema changes"
    idle = " (it is idle in the transaction)" if session.idle is not None else ""
    last = f" Its last statement{idle}: {session.query}" if session.query else ""
    return f"Meanwhile {queue} queue behind the migration.{last}"


def _remedy(session: LiveSession) -> str:
    if session.pid:
        return f"SELECT pg_terminate_backend({session.pid});  -- after asking its owner"
    return "SELECT gid, owner, database FROM pg_prepared_xacts;  -- then COMMIT PREPARED or ROLLBACK PREPARED"
