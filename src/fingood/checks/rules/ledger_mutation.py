"""Rows of a ledger, journal or audit table are changed.

## What it does
Finds UPDATE, DELETE and MERGE on protected tables (ledger.*, *audit*, *journal*, *posting*, and `[tool.fingood]
protected`), and triggers disabled there. An UPDATE that only fills columns that are still NULL, or that the revision
itself added, is a warning.

## Why it matters
Books are corrected by new entries, never by changing old ones: what was reported yesterday must be found again. An
audit trail that can be edited proves nothing.

## Instead
A reversing entry and a correct one; for a new column, fill it where it is NULL.

## Standard
SOX 404, SEC 17a-4, PCI DSS 4.0 10.3. Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import Family, Hit, check
from fingood.checks.places import Place
from fingood.checks.subject import Subject
from fingood.model.action import Verb
from fingood.model.severity import Severity

_CHANGES = (Verb.UPDATE, Verb.DELETE, Verb.MERGE, Verb.DISABLE_TRIGGER)


@check(title="Recorded books are changed", family=Family.LOSS, severity=Severity.CRITICAL)
def ledger_mutation(subject: Subject) -> Iterator[Hit]:
    for place in subject.places(*_CHANGES):
        if not subject.is_protected(place.table):
            continue
        fills = _only_fills(place)
        verb = place.action.verb.value.upper()
        yield Hit(
            message=f"{verb} fills empty columns of {place.table}, a protected table."
            if fills
            else f"{verb} changes {place.table}, a protected table.",
            effect="Prove before and after that no other column changed: fingood validate."
            if fills
            else "What was reported from these rows can no longer be found again.",
            remedy="# correct with new rows: a reversing entry and the right one",
            place=place,
            table=place.table,
            severity=Severity.WARNING if fills else None,
        )


def _only_fills(place: Place) -> bool:
    """Whether an UPDATE writes only into columns that were NULL or that came with the revision."""
    sets = place.action.sets
    return bool(sets) and all(
        column in place.action.where_null or place.world.has_new_column(place.table, column) for column in sets
    )
