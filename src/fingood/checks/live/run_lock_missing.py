"""Nothing keeps two migration runs apart.

## What it does
Looks whether env.py calls the guard, which takes a lock for the whole run.

## Why it matters
Alembic takes no lock. Two deployments that start together run the same revision twice: the second fails half-way at
best, and books twice at worst. Nor is there a lock_timeout or a line in the audit log.

## Instead
The two lines of the guard in env.py.

## Manual
PostgreSQL, 13.3.5 "Advisory Locks". Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import Family, Hit, Need, check
from fingood.checks.subject import Subject
from fingood.model.finding import Location
from fingood.model.severity import Confidence, SafetyLevel, Severity


@check(
    title="Nothing keeps two migration runs apart",
    family=Family.CONTROL,
    severity=Severity.WARNING,
    needs=(Need.CONTROL,),
    at_level={SafetyLevel.CRITICAL: Severity.ERROR},
    from_level=SafetyLevel.HIGH,
)
def run_lock_missing(subject: Subject) -> Iterator[Hit]:
    assert subject.control is not None
    if subject.control.guarded is False:
        yield Hit(
            message=f"{subject.control.env_path} does not call the guard.",
            effect="Two runs at once apply the same revision twice; nothing limits how long they wait for a lock.",
            remedy=subject.control.guard_lines,
            location=Location(path=subject.control.env_path),
            subject="env.py",
            confidence=Confidence.OBSERVED,
        )
