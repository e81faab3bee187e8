"""Others may write Alembic's version table.

## What it does
Looks for roles other than the owner with INSERT, UPDATE, DELETE or TRUNCATE on alembic_version.

## Why it matters
Whoever writes it decides which migrations run and which count as done, without running one.

## Instead
The owner alone writes it; the application needs SELECT at most.

## Standard
SOX change control: the record of changes is not open to those it is about. Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import POSTGRESQL, Family, Hit, Need, check
from fingood.checks.live_tables import live_facts
from fingood.checks.subject import Subject
from fingood.model.live import Look
from fingood.model.severity import Confidence, SafetyLevel, Severity


@check(
    title="Others may write Alembic's version table",
    family=Family.LIVE,
    severity=Severity.WARNING,
    needs=(Need.LIVE,),
    dialects=POSTGRESQL,
    at_level={SafetyLevel.CRITICAL: Severity.ERROR},
    from_level=SafetyLevel.MEDIUM,
    looks=(Look.VERSION_TABLE,),
)
def version_table_writable(subject: Subject) -> Iterator[Hit]:
    for table, role in live_facts(subject).version_writers:
        yield Hit(
            message=f"{role} may write {table}.",
            effect="Whoever writes it decides which migrations count as done.",
            remedy=f"REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON {table.sql} FROM {role};",
            subject=f"{table} {role}",
            confidence=Confidence.OBSERVED,
        )
