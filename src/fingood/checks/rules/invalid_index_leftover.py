"""CREATE INDEX CONCURRENTLY IF NOT EXISTS over what a failed build left.

## What it does
Finds CREATE INDEX CONCURRENTLY IF NOT EXISTS without a DROP INDEX of the same name before it, and any CREATE INDEX
whose name an invalid index of the database already has.

## Why it matters
A concurrent build that fails leaves an invalid index of that name. IF NOT EXISTS takes it for the wanted one: the
revision succeeds, no query ever uses the index, a unique one keeps no duplicate out, and every write still pays for it.
Without IF NOT EXISTS the next try fails with SQLSTATE 42P07.

## Instead
DROP INDEX CONCURRENTLY IF EXISTS right before, and CREATE without IF NOT EXISTS.

## Manual
PostgreSQL, CREATE INDEX, "Building Indexes Concurrently". Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import POSTGRESQL, Family, Hit, check
from fingood.checks.alembic_code import execute, outside_transaction
from fingood.checks.places import Place
from fingood.checks.rules.index_nonconcurrent import concurrently
from fingood.checks.subject import Subject
from fingood.model.action import Verb
from fingood.model.names import RelationName
from fingood.model.severity import Severity


@check(
    title="An index that a failed build left invalid is taken for the wanted one",
    family=Family.BREAKAGE,
    severity=Severity.WARNING,
    dialects=POSTGRESQL,
)
def invalid_index_leftover(subject: Subject) -> Iterator[Hit]:
    dropped: set[str] = set()
    for place in subject.places(Verb.CREATE_INDEX, Verb.DROP_INDEX):
        named = place.action.object
        if named is None:
            continue
        if place.action.verb is Verb.DROP_INDEX:
            dropped.add(named.name)
            continue
        invalid = _is_invalid(subject, place, named)
        blind = place.action.concurrently and place.action.if_not_exists
        if named.name in dropped or not (invalid or blind):
            continue
        yield Hit(
            message=f"{named} is in the database already, and invalid."
            if invalid
            else f"IF NOT EXISTS takes an invalid {named}, as a failed build leaves it, for the finished index.",
            effect="The index stays unused and guards nothing, and every write still has to serve it.",
            remedy=_remedy(place, named),
            place=place,
            table=place.table,
            subject=str(named),
            severity=Severity.ERROR if invalid else None,
        )


def _is_invalid(subject: Subject, place: Place, named: RelationName) -> bool:
    known = subject.table(place.table)
    return known is not None and any(index.name == named.name and not index.valid for index in known.indexes)


def _remedy(place: Place, named: RelationName) -> str:
    drop = outside_transaction(execute(f"DROP INDEX CONCURRENTLY IF EXISTS {named.sql}"))
    return f"{drop}\n{concurrently(place)}"
