"""VACUUM FULL, CLUSTER and what else copies a table whole.

## What it does
Finds VACUUM FULL, CLUSTER, SET LOGGED, SET UNLOGGED, SET TABLESPACE and SET ACCESS METHOD on existing tables.

## Why it matters
The table is copied row by row under ACCESS EXCLUSIVE and needs its size again on disk. All versions of PostgreSQL.

## Instead
pg_repack, or a new table filled in batches.

## Manual
PostgreSQL, VACUUM, CLUSTER, ALTER TABLE. Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import POSTGRESQL, Claim, Family, Hit, check
from fingood.checks.subject import Subject
from fingood.checks.wording import held
from fingood.model.action import LockMode, Verb
from fingood.model.severity import Severity

_COPIES = (
    Verb.VACUUM_FULL,
    Verb.CLUSTER,
    Verb.SET_LOGGED,
    Verb.SET_UNLOGGED,
    Verb.SET_TABLESPACE,
    Verb.SET_ACCESS_METHOD,
)


@check(
    title="A table is copied whole while everybody waits",
    family=Family.LOCK,
    severity=Severity.ERROR,
    dialects=POSTGRESQL,
    claim=Claim.REWRITE,
)
def full_rewrite_command(subject: Subject) -> Iterator[Hit]:
    for place in subject.places(*_COPIES):
        table = place.action.relation
        words = place.action.verb.value.upper()
        yield Hit(
            message=f"{words} copies {table or 'every table'} whole.",
            effect=held(LockMode.ACCESS_EXCLUSIVE, table, while_it="copies the table and its indexes")
            if table
            else "Every table of the database is locked in turn.",
            remedy="# outside of migrations: pg_repack, or a new table filled in batches",
            place=place,
            table=table,
        )
