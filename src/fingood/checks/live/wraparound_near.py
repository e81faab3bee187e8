"""Transaction ids are running out, or a vacuum against that is due on a table of the plan.

## What it does
Looks at the age of the oldest unfrozen transaction (a warning from 500 million on, serious from 1.5 billion), and for
tables of the plan that are older than autovacuum_freeze_max_age.

## Why it matters
At about 2.1 billion the server refuses writes. A table past autovacuum_freeze_max_age is vacuumed at any moment, and
that vacuum does not give way to a migration.

## Instead
VACUUM (FREEZE) of the table before the migration.

## Manual
PostgreSQL, 24.1.5 "Preventing Transaction ID Wraparound Failures". Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import POSTGRESQL, Family, Hit, Need, check
from fingood.checks.live_tables import live_facts, touched_tables
from fingood.checks.subject import Subject
from fingood.model.live import OLD_TRANSACTION_IDS, Look
from fingood.model.severity import Confidence, SafetyLevel, Severity


@check(
    title="Transaction ids are running out",
    family=Family.LIVE,
    severity=Severity.CRITICAL,
    needs=(Need.PLAN, Need.LIVE),
    dialects=POSTGRESQL,
    from_level=SafetyLevel.MEDIUM,
    looks=(Look.TRANSACTION_IDS, Look.TABLES, Look.SERVER),
)
def wraparound_near(subject: Subject) -> Iterator[Hit]:
    live = live_facts(subject)
    if live.oldest_transaction >= OLD_TRANSACTION_IDS[0]:
        yield Hit(
            message=f"The server's oldest unfrozen transaction is {live.oldest_transaction:,} transactions old.",
            effect="At about 2.1 billion the server refuses writes; a long migration brings that nearer.",
            remedy="VACUUM (FREEZE);  -- and look for what keeps autovacuum from it",
            subject="server",
            severity=None if live.oldest_transaction >= OLD_TRANSACTION_IDS[1] else Severity.WARNING,
            confidence=Confidence.OBSERVED,
        )
    for name, location in touched_tables(subject).items():
        if (table := live.table(name)) and table.age > live.server.freeze_max_age:
            yield Hit(
                message=f"{name} is {table.age:,} transactions old; autovacuum_freeze_max_age is "
                f"{live.server.freeze_max_age:,}.",
                effect="A vacuum that does not give way to a migration starts on it at any moment.",
                remedy=f"VACUUM (FREEZE) {name.sql};",
                location=location,
                subject=str(name),
                severity=Severity.WARNING,
                confidence=Confidence.OBSERVED,
            )
