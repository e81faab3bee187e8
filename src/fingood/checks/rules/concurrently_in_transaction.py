"""CONCURRENTLY inside a transaction.

## What it does
Finds CREATE INDEX, DROP INDEX, REINDEX and DETACH PARTITION with CONCURRENTLY in a transaction, and other statements
that the server refused there.

## Why it matters
The server refuses them (SQLSTATE 25001): the revision fails every time. All versions of PostgreSQL.

## Instead
An autocommit block around the statement, with nothing else in the revision.

## Manual
PostgreSQL, CREATE INDEX, "Building Indexes Concurrently"; Alembic, `MigrationContext.autocommit_block`. Since 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import POSTGRESQL, Family, Hit, check
from fingood.checks.alembic_code import execute, outside_transaction
from fingood.checks.places import Place
from fingood.checks.subject import Subject
from fingood.model.action import Verb
from fingood.model.severity import Confidence, Severity

_REFUSED = (Verb.CREATE_INDEX, Verb.DROP_INDEX, Verb.REINDEX, Verb.DETACH_PARTITION)
_ACTIVE_TRANSACTION = "25001"


@check(
    title="CONCURRENTLY does not run inside a transaction",
    family=Family.RUN,
    severity=Severity.CRITICAL,
    dialects=POSTGRESQL,
)
def concurrently_in_transaction(subject: Subject) -> Iterator[Hit]:
    for place in subject.places():
        refused = _refused(place)
        if refused or (place.action.concurrently and place.action.verb in _REFUSED and not place.statement.autocommit):
            yield Hit(
                message=f"{place.action.verb.value.upper()} stands in a transaction, where the server refuses it.",
                effect="The upgrade stops here with SQLSTATE 25001.",
                remedy=outside_transaction(execute(" ".join(place.statement.sql.split()))),
                place=place,
                table=place.action.relation,
                confidence=Confidence.OBSERVED if refused else Confidence.PARSED,
            )


def _refused(place: Place) -> bool:
    failure = place.statement.failure
    return failure is not None and failure.sqlstate == _ACTIVE_TRANSACTION
