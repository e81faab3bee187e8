"""A rewrite that was seen in the run and that no other check announces.

## What it does
Compares each table's file before and after every statement of the run, whatever the statement's text says. Tables that
got a new file, other than by TRUNCATE, and that no other check reports for the same statement, are reported here.

## Why it matters
Every row and every index is written anew under ACCESS EXCLUSIVE, and needs as much disk again. What hides in DO blocks,
functions and event triggers is seen too. All versions of PostgreSQL.

## Instead
A new column or table beside the old one, filled in batches, then swapped.

## Manual
PostgreSQL, ALTER TABLE, Notes; 9.28.7 (pg_relation_filenode). Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import POSTGRESQL, Claim, Family, Hit, check
from fingood.checks.observed import announced, observed_places
from fingood.checks.subject import Subject
from fingood.checks.wording import held
from fingood.model.action import LockMode
from fingood.model.severity import Severity


@check(
    title="The run rewrote a table",
    family=Family.LOCK,
    severity=Severity.ERROR,
    dialects=POSTGRESQL,
)
def observed_rewrite(subject: Subject) -> Iterator[Hit]:
    known = announced(subject, lambda other: other.claim is Claim.REWRITE)
    for place, seen in observed_places(subject):
        if place.statement.index in known:
            continue
        for table in seen.rewritten:
            yield Hit(
                message=f"In the run this statement wrote {table} anew.",
                effect=held(LockMode.ACCESS_EXCLUSIVE, table, while_it="rewrites the table and its indexes"),
                remedy="# a new column or table beside the old one, filled in batches, then swapped",
                place=place,
                table=table,
            )
