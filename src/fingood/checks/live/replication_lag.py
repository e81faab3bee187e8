"""A replica is behind.

## What it does
Looks at connected standbys and subscribers: a warning from 30 s or 256 MB behind, serious from 5 min or 4 GB. A warning
too where the revision is estimated to write 256 MB of WAL and more, which every replica has to replay.

## Why it matters
A migration writes much WAL. What a replica lacks is lost when the primary is, and readers of the replica see the old
schema for that much longer.

## Instead
Wait until it has caught up; write big data migrations in batches.

## Manual
PostgreSQL, 27.2.4 pg_stat_replication. Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import POSTGRESQL, Family, Hit, Need, check
from fingood.checks.live.disk_space import wal_bytes
from fingood.checks.live_tables import age, live_facts
from fingood.checks.subject import Subject
from fingood.model.live import Look, Replica
from fingood.model.quantities import size_in_words
from fingood.model.severity import Confidence, SafetyLevel, Severity

_SECONDS = (30.0, 300.0)
_BYTES = (256 * 2**20, 4 * 2**30)


@check(
    title="A replica is behind",
    family=Family.LIVE,
    severity=Severity.ERROR,
    needs=(Need.PLAN, Need.LIVE),
    dialects=POSTGRESQL,
    at_level={SafetyLevel.MEDIUM: Severity.WARNING},
    from_level=SafetyLevel.MEDIUM,
    looks=(Look.REPLICAS,),
)
def replication_lag(subject: Subject) -> Iterator[Hit]:
    for replica in live_facts(subject).replicas:
        written = wal_bytes(subject)
        if written >= _BYTES[0]:
            yield Hit(
                message=f"The revision writes about {size_in_words(written)} of WAL for {replica.name} to replay.",
                effect="It falls behind by as much: readers of the replica see old data, and a failover loses more.",
                remedy="# write in batches with pauses, and watch pg_stat_replication.replay_lag",
                subject=replica.name,
                severity=Severity.WARNING,
            )
        if _beyond(replica, 0):
            yield Hit(
                message=f"The replica {replica.name} is {_words(replica)} behind.",
                effect="What it lacks is lost with the primary, and a migration adds to it.",
                remedy="SELECT application_name, state, replay_lag FROM pg_stat_replication;",
                subject=replica.name,
                severity=None if _beyond(replica, 1) else Severity.WARNING,
                confidence=Confidence.OBSERVED,
            )


def _beyond(replica: Replica, grade: int) -> bool:
    return (replica.seconds or 0) >= _SECONDS[grade] or (replica.bytes or 0) >= _BYTES[grade]


def _words(replica: Replica) -> str:
    parts = [age(replica.seconds)] if replica.seconds is not None else []
    parts += [f"{replica.bytes / 2**20:,.0f} MB"] if replica.bytes is not None else []
    return " and ".join(parts)
