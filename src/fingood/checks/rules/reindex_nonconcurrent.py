"""REINDEX without CONCURRENTLY.

## What it does
Finds REINDEX without CONCURRENTLY.

## Why it matters
It holds SHARE on the table and ACCESS EXCLUSIVE on the index for as long as the index is built: writers wait, and so
does every query that would look at the index. CONCURRENTLY exists since PostgreSQL 12.

## Instead
REINDEX ... CONCURRENTLY in an autocommit block.

## Manual
PostgreSQL, REINDEX, "Rebuilding Indexes Concurrently". Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import POSTGRESQL, Family, Hit, check
from fingood.checks.alembic_code import execute, outside_transaction
from fingood.checks.subject import Subject
from fingood.model.action import Verb
from fingood.model.names import RelationName
from fingood.model.severity import Severity


@check(
    title="An index is rebuilt while writers wait",
    family=Family.LOCK,
    severity=Severity.ERROR,
    dialects=POSTGRESQL,
)
def reindex_nonconcurrent(subject: Subject) -> Iterator[Hit]:
    for place in subject.places(Verb.REINDEX):
        if place.action.concurrently:
            continue
        named = place.action.relation or place.action.object or RelationName(None, "database")
        yield Hit(
            message=f"REINDEX of {named} blocks writers, and readers that use the index, until it is rebuilt.",
            effect="SHARE on the table and ACCESS EXCLUSIVE on the index until the transaction ends.",
            remedy=outside_transaction(execute(f"REINDEX {place.action.detail.upper()} CONCURRENTLY {named.sql}")),
            place=place,
            table=place.action.relation,
            subject=str(named),
        )
