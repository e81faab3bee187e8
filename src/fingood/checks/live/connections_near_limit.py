"""The connection slots are running out.

## What it does
Compares the clients' connections with max_connections.

## Why it matters
A migration needs two connections, one of them for its run lock. A migration that holds a lock makes callers open more:
what was nearly full is full.

## Instead
A connection pool, or a higher max_connections.

## Manual
PostgreSQL, 19.3.1, max_connections. Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import POSTGRESQL, Family, Hit, Need, check
from fingood.checks.live_tables import live_facts
from fingood.checks.subject import Subject
from fingood.model.live import TAKEN_CONNECTIONS, Look
from fingood.model.severity import Confidence, SafetyLevel, Severity


@check(
    title="The connection slots are running out",
    family=Family.LIVE,
    severity=Severity.ERROR,
    needs=(Need.LIVE,),
    dialects=POSTGRESQL,
    from_level=SafetyLevel.MEDIUM,
    looks=(Look.SERVER,),
)
def connections_near_limit(subject: Subject) -> Iterator[Hit]:
    server = live_facts(subject).server
    if server.most and server.used / server.most >= TAKEN_CONNECTIONS[0]:
        serious = server.used / server.most >= TAKEN_CONNECTIONS[1]
        yield Hit(
            message=f"{server.used} of {server.most} connection slots are taken.",
            effect="The run lock's second connection may be refused, and callers who wait for a lock open more.",
            remedy="SELECT application_name, state, count(*) FROM pg_stat_activity GROUP BY 1, 2 ORDER BY 3 DESC;",
            subject="max_connections",
            severity=None if serious else Severity.WARNING,
            confidence=Confidence.OBSERVED,
        )
