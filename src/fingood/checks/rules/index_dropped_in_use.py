"""An index that queries use is dropped.

## What it does
Finds DROP INDEX of an index that the target's statistics show in use (pg_stat_user_indexes.idx_scan).

## Why it matters
The queries that used it read the whole table from then on. On a large table that is an outage that starts minutes
after the release.

## Instead
Find the queries first. Where the index is replaced, build the new one before this one goes.

## Manual
PostgreSQL, 27.2.19 "pg_stat_all_indexes". Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import POSTGRESQL, Family, Hit, Need, check
from fingood.checks.indexes import indexes_written, spec_of
from fingood.checks.subject import Subject
from fingood.model.action import IndexSpec, Verb
from fingood.model.facts import IndexFacts, TableFacts
from fingood.model.names import RelationName
from fingood.model.severity import Severity


@check(
    title="An index that is in use is dropped",
    family=Family.BREAKAGE,
    severity=Severity.WARNING,
    needs=(Need.PLAN, Need.FACTS, Need.TARGET),
    dialects=POSTGRESQL,
)
def index_dropped_in_use(subject: Subject) -> Iterator[Hit]:
    for place in subject.places(Verb.DROP_INDEX):
        named = place.action.object
        for table, index in _found(subject, named):
            if not index.scans or _served(subject, table, spec_of(index, subject.dialect)):
                continue
            yield Hit(
                message=f"{named} on {table.name} is dropped; queries have used it {index.scans:,} times.",
                effect="They read the whole table from then on.",
                remedy="# find the queries first: "
                f"SELECT query FROM pg_stat_statements WHERE query ILIKE '%{table.name.name}%'",
                place=place,
                table=table.name,
                subject=str(named),
                evidence={"idx_scan": str(index.scans)},
            )


def _found(subject: Subject, named: RelationName | None) -> Iterator[tuple[TableFacts, IndexFacts]]:
    if named is None or subject.facts is None:
        return
    wanted = named.within(subject.schema)
    for table in subject.facts.tables.values():
        if table.name.schema == wanted.schema:
            yield from ((table, index) for index in table.indexes if index.name == wanted.name)


def _served(subject: Subject, table: TableFacts, dropped: IndexSpec) -> bool:
    """Whether another index starts with the same column, below or in this revision."""
    others = [spec_of(index, subject.dialect) for index in table.indexes if index.name != dropped.name and index.valid]
    others += [spec for _, spec in indexes_written(subject, table.name)]
    return any(other.columns[:1] == dropped.columns[:1] for other in others)
