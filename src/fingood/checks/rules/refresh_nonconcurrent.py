"""REFRESH MATERIALIZED VIEW without CONCURRENTLY.

## What it does
Finds REFRESH MATERIALIZED VIEW without CONCURRENTLY of a view that existed before.

## Why it matters
Nobody can read the view until its query is done (ACCESS EXCLUSIVE). All versions of PostgreSQL.

## Instead
CONCURRENTLY, which needs a unique index on the view.

## Manual
PostgreSQL, REFRESH MATERIALIZED VIEW. Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import POSTGRESQL, Claim, Family, Hit, check
from fingood.checks.alembic_code import execute
from fingood.checks.subject import Subject
from fingood.checks.wording import held
from fingood.model.action import LockMode, Verb
from fingood.model.severity import Severity


@check(
    title="A materialized view is rebuilt while readers wait",
    family=Family.LOCK,
    severity=Severity.WARNING,
    dialects=POSTGRESQL,
    claim=Claim.REWRITE,
)
def refresh_nonconcurrent(subject: Subject) -> Iterator[Hit]:
    made = {
        place.world.full(place.action.relation) for place in subject.places(Verb.CREATE_VIEW) if place.action.relation
    }
    for place in subject.places(Verb.REFRESH_MATVIEW):
        if place.action.concurrently or place.world.full(place.table) in made:
            continue
        yield Hit(
            message=f"REFRESH keeps readers out of {place.table} until its query is done.",
            effect=held(LockMode.ACCESS_EXCLUSIVE, place.table, while_it="runs the view's query"),
            remedy=execute(f"REFRESH MATERIALIZED VIEW CONCURRENTLY {place.table.sql}"),
            place=place,
            table=place.table,
        )
