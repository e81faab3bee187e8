"""CREATE UNIQUE INDEX without CONCURRENTLY.

## What it does
Finds CREATE UNIQUE INDEX on a table that existed before the revision, without CONCURRENTLY.

## Why it matters
SHARE is held on the table while it is read and sorted: every INSERT, UPDATE and DELETE waits. At the end the first
duplicate makes it fail (SQLSTATE 23505) and all waiting was for nothing. All versions of PostgreSQL.

## Instead
Look for duplicates first; then `postgresql_concurrently=True` in an autocommit block. Where a constraint is wanted, it
takes the finished index over with USING INDEX.

## Manual
PostgreSQL, CREATE INDEX, "Building Indexes Concurrently"; 13.3.1. Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import POSTGRESQL, Family, Hit, check
from fingood.checks.rules.index_nonconcurrent import blocks_writes, remedy_for
from fingood.checks.rules.unique_data_dependent import duplicates_query
from fingood.checks.subject import Subject
from fingood.checks.wording import held
from fingood.model.action import LockMode, Verb
from fingood.model.severity import Severity


@check(
    title="A unique index is built while writers wait, and may fail at the end",
    family=Family.LOCK,
    severity=Severity.ERROR,
    dialects=POSTGRESQL,
)
def unique_index_nonconcurrent(subject: Subject) -> Iterator[Hit]:
    for place in subject.places(Verb.CREATE_INDEX):
        index = place.action.index
        if index is None or not index.unique or not blocks_writes(place):
            continue
        query = duplicates_query(subject, place.table, index.columns, index.predicate)
        yield Hit(
            message=f"CREATE UNIQUE INDEX blocks writes to {place.table} until the index is built or fails.",
            effect=held(LockMode.SHARE, place.table, while_it="reads the whole table"),
            remedy=f"# first, and it must find nothing: {query}\n{remedy_for(subject, place)}",
            place=place,
            table=place.table,
        )
