"""The disk is too full for the migration.

## What it does
Compares the free space where the data lies with what the revision needs as estimated: new files until the old ones are
gone, and WAL. Without an estimate it takes twice the size of the tables that the revision was seen to rewrite. Less
than 1 GB free is told of in any case. It sees the disk only from the server's own host; tablespaces and a pg_wal on
another disk are not looked at.

## Why it matters
When the disk is full the statement fails at best; when the WAL cannot be written the server stops for everybody.

## Instead
Room first; or add a column, fill it in batches and swap, so that no table is written twice at once.

## Manual
PostgreSQL, 28.3.2 "Disk Full Failure". Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import Family, Hit, Need, check
from fingood.checks.live_tables import live_facts
from fingood.checks.subject import Subject
from fingood.model.live import Look
from fingood.model.quantities import size_in_words
from fingood.model.severity import Confidence, SafetyLevel, Severity

_LITTLE = 2**30
_COPIES = 2


@check(
    title="The disk is too full for the migration",
    family=Family.LIVE,
    severity=Severity.ERROR,
    needs=(Need.PLAN, Need.LIVE),
    from_level=SafetyLevel.MEDIUM,
    looks=(Look.FREE_SPACE,),
)
def disk_space(subject: Subject) -> Iterator[Hit]:
    free = live_facts(subject).free_space
    needed = needed_bytes(subject)
    if free.bytes is None or (free.bytes >= needed and free.bytes >= _LITTLE):
        return
    wants = f"; the migration needs up to {size_in_words(needed)}" if needed else ""
    yield Hit(
        message=f"{size_in_words(free.bytes)} are {free.how}{wants}.",
        effect="The statement fails when the disk is full, and the server stops when the WAL cannot be written.",
        remedy="# make room, or change the table in batches",
        subject="disk",
        severity=None if free.bytes < needed else Severity.WARNING,
        confidence=Confidence.OBSERVED,
    )


def needed_bytes(subject: Subject) -> int:
    """Bytes of disk that the upgrade needs at most, as far as is known."""
    estimate = subject.estimate
    if estimate is not None and estimate.rows and estimate.disk is not None and estimate.wal is not None:
        return round(estimate.disk.high + estimate.wal.high)
    return rewritten_bytes(subject) * _COPIES


def wal_bytes(subject: Subject) -> int:
    """Bytes of WAL that the upgrade is likely to write."""
    estimate = subject.estimate
    if estimate is not None and estimate.rows and estimate.wal is not None:
        return round(estimate.wal.likely)
    return rewritten_bytes(subject)


def rewritten_bytes(subject: Subject) -> int:
    """The size in the target, with indexes, of the tables that the run was seen to rewrite."""
    names = {
        name.within(subject.schema)
        for statement in (subject.upgrade.statements if subject.upgrade else ())
        for name in (statement.observed.rewritten if statement.observed else ())
    }
    return sum(table.total_bytes or 0 for name in names if (table := subject.table(name)))
