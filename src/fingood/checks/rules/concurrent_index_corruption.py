"""CREATE INDEX CONCURRENTLY on a server that corrupts such indexes.

## What it does
Finds CREATE INDEX and REINDEX with CONCURRENTLY where the server is PostgreSQL 14.0, 14.1, 14.2 or 14.3.

## Why it matters
On those servers rows that are updated during the build may be missing from the index, without an error: queries do not
find them and a unique index lets duplicates in. Fixed in 14.4.

## Instead
Update the server to 14.4 or later first. Indexes that were built CONCURRENTLY before need REINDEX.

## Manual
PostgreSQL 14.4 release notes, E.19 "Migration to Version 14.4". Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import POSTGRESQL, Family, Hit, Need, check
from fingood.checks.alembic_code import literal
from fingood.checks.subject import Subject
from fingood.model.action import Verb
from fingood.model.severity import Severity


@check(
    title="This server corrupts indexes that are built concurrently",
    family=Family.RUN,
    severity=Severity.CRITICAL,
    needs=(Need.PLAN, Need.FACTS),
    dialects=POSTGRESQL,
)
def concurrent_index_corruption(subject: Subject) -> Iterator[Hit]:
    if not 140000 <= subject.version < 140004:
        return
    for place in subject.places(Verb.CREATE_INDEX, Verb.REINDEX):
        if not place.action.concurrently:
            continue
        reason = "PostgreSQL 14.0 to 14.3 lose rows in indexes built concurrently; update to 14.4 first"
        yield Hit(
            message=f"PostgreSQL 14.{subject.version % 10000} may leave rows out of an index built CONCURRENTLY.",
            effect="Queries do not find the missing rows, and a unique index lets duplicates in, without an error.",
            remedy="if op.get_bind().dialect.server_version_info < (14, 4):\n"
            f"    raise RuntimeError({literal(reason)})",
            place=place,
            table=place.action.relation,
        )
