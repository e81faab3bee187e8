"""CREATE INDEX CONCURRENTLY on a partitioned table.

## What it does
Finds CREATE INDEX CONCURRENTLY whose table is partitioned.

## Why it matters
The server refuses it (SQLSTATE 0A000): the revision fails every time. All versions that have partitioned tables.
Without CONCURRENTLY every partition is locked against writers until the last one is indexed.

## Instead
An index ON ONLY the parent, one CONCURRENTLY on each partition, then ATTACH PARTITION for each.

## Manual
PostgreSQL, CREATE INDEX, "Building Indexes Concurrently"; 5.12.2. Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import POSTGRESQL, Family, Hit, check
from fingood.checks.places import Place
from fingood.checks.rules.index_nonconcurrent import on_partitions
from fingood.checks.subject import Subject
from fingood.model.action import Verb
from fingood.model.severity import Confidence, Severity

_NOT_SUPPORTED = "0A000"


@check(
    title="CONCURRENTLY does not exist for partitioned tables",
    family=Family.RUN,
    severity=Severity.CRITICAL,
    dialects=POSTGRESQL,
)
def index_concurrent_on_partitioned(subject: Subject) -> Iterator[Hit]:
    for place in subject.places(Verb.CREATE_INDEX):
        known = subject.table(place.table)
        refused = _refused(place)
        partitioned = known is not None and known.kind == "partitioned" and place.action.detail != "only"
        if not place.action.concurrently or not (partitioned or refused):
            continue
        yield Hit(
            message=f"{place.table} is partitioned: the server refuses CREATE INDEX CONCURRENTLY on it.",
            effect="The upgrade stops here with SQLSTATE 0A000.",
            remedy=on_partitions(place),
            place=place,
            table=place.table,
            confidence=Confidence.OBSERVED if refused else Confidence.PARSED,
        )


def _refused(place: Place) -> bool:
    failure = place.statement.failure
    return failure is not None and failure.sqlstate == _NOT_SUPPORTED
