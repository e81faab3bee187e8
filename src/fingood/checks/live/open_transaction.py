"""A transaction has been open for long.

## What it does
Looks for sessions that sit idle in a transaction for 30 s and more, and for transactions at work for 5 min and more.
From 5 min and from 1 h on it is serious. Query texts are shown without their values.

## Why it matters
Its locks stay, a migration waits behind them and everybody else behind the migration; VACUUM cannot clean up.

## Instead
Ask its owner to finish; set idle_in_transaction_session_timeout for the application.

## Manual
PostgreSQL, 19.11.1, idle_in_transaction_session_timeout; 24.1.5. Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import POSTGRESQL, Family, Hit, Need, check
from fingood.checks.live_tables import age, live_facts
from fingood.checks.subject import Subject
from fingood.model.live import IDLE_SECONDS, LONG_SECONDS, LiveSession, Look
from fingood.model.severity import Confidence, SafetyLevel, Severity


@check(
    title="A transaction has been open for long",
    family=Family.LIVE,
    severity=Severity.ERROR,
    needs=(Need.LIVE,),
    dialects=POSTGRESQL,
    at_level={SafetyLevel.MEDIUM: Severity.WARNING},
    from_level=SafetyLevel.MEDIUM,
    looks=(Look.SESSIONS,),
)
def open_transaction(subject: Subject) -> Iterator[Hit]:
    for session in live_facts(subject).sessions:
        limits = LONG_SECONDS if session.idle is None else IDLE_SECONDS
        seconds = session.seconds if session.idle is None else session.idle
        if seconds < limits[0] or session.autovacuum:
            continue
        idle = "has been idle in a transaction" if session.idle is not None else "has had a transaction open"
        yield Hit(
            message=f"{str(session)[0].upper()}{str(session)[1:]} {idle} for {age(seconds)}.",
            effect="Its locks stay and VACUUM cannot clean up." + _last(session),
            remedy=f"SELECT pg_terminate_backend({session.pid});  -- after asking its owner"
            if session.pid
            else "SELECT gid FROM pg_prepared_xacts;  -- then COMMIT PREPARED or ROLLBACK PREPARED",
            subject=str(session),
            severity=None if seconds >= limits[1] else Severity.WARNING,
            confidence=Confidence.OBSERVED,
        )


def _last(session: LiveSession) -> str:
    return f" Its last statement: {session.query}" if session.query else ""
