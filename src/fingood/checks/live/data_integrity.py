"""The data breaks a financial invariant before the migration has begun.

## What it does
Runs the validator's quick mode on the database: double entry, currencies, precision, foreign keys.

## Why it matters
A migration of data that is already wrong carries the fault on, and afterwards nobody can tell who made it.

## Instead
`fingood validate` shows each finding; mend them in a revision of their own first.

## Standard
SOX 404: the state before a change is known. Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import Family, Hit, Need, check
from fingood.checks.live_tables import live_facts
from fingood.checks.subject import Subject
from fingood.model.live import Look
from fingood.model.severity import Confidence, SafetyLevel, Severity


@check(
    title="The data breaks a financial invariant before the migration has begun",
    family=Family.LIVE,
    severity=Severity.CRITICAL,
    needs=(Need.LIVE,),
    from_level=SafetyLevel.HIGH,
    looks=(Look.INTEGRITY,),
)
def data_integrity(subject: Subject) -> Iterator[Hit]:
    seen = live_facts(subject).integrity
    if seen is None or not seen.found:
        return
    worst = max(seen.found)
    counts = ", ".join(f"{number} {severity}" for severity, number in sorted(seen.found.items(), reverse=True))
    yield Hit(
        message=f"The data breaks invariants: {counts}; {seen.held} hold.",
        effect=seen.worst,
        remedy="fingood validate",
        subject="data",
        severity=worst,
        confidence=Confidence.OBSERVED,
    )
