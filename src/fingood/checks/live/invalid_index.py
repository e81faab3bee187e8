"""A table of the plan has an index that is not valid.

## What it does
Looks at the tables that the revision touches for indexes that are not valid and that nobody is building right now.

## Why it matters
A concurrent build that failed leaves it behind: no query uses it, every write pays for it, and IF NOT EXISTS takes it
for the wanted one.

## Instead
Drop it concurrently and build it again.

## Manual
PostgreSQL, CREATE INDEX, "Building Indexes Concurrently". Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import POSTGRESQL, Family, Hit, Need, check
from fingood.checks.live_tables import live_facts, touched_tables
from fingood.checks.subject import Subject
from fingood.model.action import Verb
from fingood.model.live import Look
from fingood.model.severity import Confidence, SafetyLevel, Severity


@check(
    title="A table of the plan has an index that is not valid",
    family=Family.LIVE,
    severity=Severity.WARNING,
    needs=(Need.PLAN, Need.LIVE),
    dialects=POSTGRESQL,
    from_level=SafetyLevel.MEDIUM,
    looks=(Look.INDEXES, Look.TABLES),
)
def invalid_index(subject: Subject) -> Iterator[Hit]:
    tables = touched_tables(subject)
    mended = {
        place.action.object.name
        for place in subject.places(Verb.DROP_INDEX, Verb.REINDEX)
        if place.action.object is not None
    }
    for table, index in live_facts(subject).invalid_indexes:
        if table in tables and index.name not in mended:
            yield Hit(
                message=f"The index {index} on {table} is not valid.",
                effect="Queries do not use it, every write pays for it, and IF NOT EXISTS takes it for the wanted one.",
                remedy=f"DROP INDEX CONCURRENTLY {index.sql};  -- then build it again",
                location=tables[table],
                subject=str(index),
                confidence=Confidence.OBSERVED,
            )
