"""A table of the plan has a constraint that was never validated.

## What it does
Looks at the tables that the revision touches for constraints that are NOT VALID and that it does not validate or drop.

## Why it matters
The constraint holds for new rows only. Code, and a migration that builds on it, trusts rows that nobody has tested.

## Instead
VALIDATE CONSTRAINT, which lets others read and write meanwhile.

## Manual
PostgreSQL, ALTER TABLE, VALIDATE CONSTRAINT. Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import POSTGRESQL, Family, Hit, Need, check
from fingood.checks.live_tables import live_facts, touched, touched_tables
from fingood.checks.subject import Subject
from fingood.model.action import Verb
from fingood.model.live import Look
from fingood.model.names import quote_always
from fingood.model.severity import Confidence, SafetyLevel, Severity


@check(
    title="A table of the plan has a constraint that was never validated",
    family=Family.LIVE,
    severity=Severity.WARNING,
    needs=(Need.PLAN, Need.LIVE),
    dialects=POSTGRESQL,
    from_level=SafetyLevel.MEDIUM,
    looks=(Look.CONSTRAINTS, Look.TABLES),
)
def unvalidated_constraint(subject: Subject) -> Iterator[Hit]:
    tables = touched_tables(subject)
    settled = {
        (table.name, place.action.object.name)
        for table, place in touched(subject, Verb.VALIDATE_CONSTRAINT, Verb.DROP_CONSTRAINT)
        if place.action.object is not None
    }
    for table, name in live_facts(subject).unvalidated:
        if table in tables and (table, name) not in settled:
            yield Hit(
                message=f"The constraint {name} of {table} holds for new rows only: it was never validated.",
                effect="Rows from before may break it.",
                remedy=f"ALTER TABLE {table.sql} VALIDATE CONSTRAINT {quote_always(name)};",
                location=tables[table],
                subject=f"{table}.{name}",
                confidence=Confidence.OBSERVED,
            )
