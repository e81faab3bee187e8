"""The numbers of a table of the plan run out.

## What it does
Looks at the sequences of serial and identity columns of the tables that the revision touches: how much of what the
sequence may give, and of what the column's type can hold, is used up. From 70 % it is a warning, from 90 % an error.

## Why it matters
After the last number every INSERT fails. To make an integer key bigger means a rewrite of the table and of every table
that refers to it, under ACCESS EXCLUSIVE, and the closer the end, the less time there is to do it without one.

## Instead
A bigint column beside the old one, filled in batches, then switched; or, where only the sequence ends too early, ALTER
SEQUENCE ... AS bigint NO MAXVALUE.

## Manual
PostgreSQL, 8.1.1 and 8.1.4; CREATE SEQUENCE. Since fingood 0.2.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from fingood.checks._check import POSTGRESQL, Family, Hit, Need, check
from fingood.checks.alembic_code import execute
from fingood.checks.live_tables import live_facts, touched_tables
from fingood.checks.subject import Subject
from fingood.model.action import Verb
from fingood.model.live import LARGEST_BIGINT, USED_NUMBERS, Look, SequenceSeen
from fingood.model.names import quote
from fingood.model.severity import Confidence, SafetyLevel, Severity


@check(
    title="The numbers of a table of the plan run out",
    family=Family.LIVE,
    severity=Severity.WARNING,
    needs=(Need.PLAN, Need.LIVE),
    dialects=POSTGRESQL,
    from_level=SafetyLevel.MEDIUM,
    looks=(Look.SEQUENCES, Look.TABLES),
)
def sequence_near_end(subject: Subject) -> Iterator[Hit]:
    tables = touched_tables(subject)
    for found in live_facts(subject).sequences:
        sequence = _after(found, subject)
        if sequence.table not in tables or sequence.share < USED_NUMBERS[0] or sequence.cycles:
            continue
        yield Hit(
            message=f"{sequence.share:.0%} of the numbers of {sequence.table}.{quote(sequence.column)} are used.",
            effect=f"{sequence.left:,} are left; after {sequence.end:,} every INSERT fails.",
            remedy=_remedy(sequence),
            location=tables[sequence.table],
            severity=Severity.ERROR if sequence.share >= USED_NUMBERS[1] else None,
            subject=f"{sequence.table}.{quote(sequence.column)}",
            confidence=Confidence.OBSERVED,
            evidence={"sequence": str(sequence.name), "last value": f"{sequence.last:,}"},
        )


def _after(sequence: SequenceSeen, subject: Subject) -> SequenceSeen:
    """The sequence where the revision makes its column a bigint: an identity's sequence grows with its column, a
    serial's does not (manual, ALTER TABLE)."""
    for place in subject.places(Verb.ALTER_TYPE):
        new = place.column.type
        own = place.table.within(subject.schema) == sequence.table and place.column.name == sequence.column
        if own and new is not None and new.name == "int8":
            end = LARGEST_BIGINT if sequence.identity else sequence.sequence_end
            return replace(sequence, type_end=LARGEST_BIGINT, sequence_end=end)
    return sequence


def _remedy(sequence: SequenceSeen) -> str:
    if sequence.sequence_end < sequence.type_end:
        return execute(f"ALTER SEQUENCE {sequence.name.sql} AS bigint NO MAXVALUE")
    return (
        f"# {quote(sequence.column)} becomes sa.BigInteger(): a new column beside it, filled in batches,\n"
        "# then switched: fingood check --explain type-change-rewrite"
    )
