"""An index dropped before its successor is there.

## What it does
Finds DROP INDEX followed, in the same revision, by CREATE INDEX on the same table with the same first column.

## Why it matters
In one transaction the table is locked with ACCESS EXCLUSIVE by the drop while the new index is built. In autocommit it
has neither index in between, and every query that needs one reads the whole table.

## Instead
Build the new one CONCURRENTLY under another name, then drop the old one CONCURRENTLY.

## Manual
PostgreSQL, REINDEX, "Rebuilding Indexes Concurrently"; 13.3.1. Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import POSTGRESQL, Family, Hit, Need, check
from fingood.checks.alembic_code import call, outside_transaction
from fingood.checks.indexes import spec_of
from fingood.checks.places import Place
from fingood.checks.subject import Subject
from fingood.model.action import IndexSpec, Verb
from fingood.model.facts import TableFacts
from fingood.model.names import RelationName
from fingood.model.severity import Severity


@check(
    title="An index is dropped before the one that replaces it is there",
    family=Family.LOCK,
    severity=Severity.WARNING,
    needs=(Need.PLAN, Need.FACTS),
    dialects=POSTGRESQL,
)
def index_replaced_with_gap(subject: Subject) -> Iterator[Hit]:
    gone: list[tuple[TableFacts, IndexSpec]] = []
    for place in subject.places(Verb.DROP_INDEX, Verb.CREATE_INDEX):
        if place.action.verb is Verb.DROP_INDEX:
            gone += _below(subject, place)
            continue
        index = place.action.index
        for table, old in gone:
            if index is None or table.name != place.table.within(subject.schema) or not _replaces(index, old):
                continue
            together = place.statement.transaction is not None
            yield Hit(
                message=f"{old.name} on {place.table} is dropped before {index.name} is built.",
                effect="The lock of the drop, ACCESS EXCLUSIVE, stays while the new index is built."
                if together
                else "In between every query that needs one of them reads the whole table.",
                remedy=_remedy(place, index, old),
                place=place,
                table=place.table,
                subject=f"{place.table} {old.name}",
            )
            break


def _below(subject: Subject, place: Place) -> list[tuple[TableFacts, IndexSpec]]:
    """The dropped index and its table, where it was there before the revision."""
    named = place.action.object
    if named is None or subject.facts is None:
        return []
    wanted: RelationName = named.within(subject.schema)
    return [
        (table, spec_of(index, subject.dialect))
        for table in subject.facts.tables.values()
        if table.name.schema == wanted.schema
        for index in table.indexes
        if index.name == wanted.name
    ]


def _replaces(new: IndexSpec, old: IndexSpec) -> bool:
    return new.columns[:1] == old.columns[:1] and new.method == old.method


def _remedy(place: Place, new: IndexSpec, old: IndexSpec) -> str:
    name = f"{new.name}_new" if new.name == old.name else new.name
    create = call(
        "op.create_index",
        name,
        place.table.name,
        list(new.columns),
        schema=place.table.schema,
        unique=True if new.unique else None,
        postgresql_concurrently=True,
    )
    drop = call(
        "op.drop_index",
        old.name,
        table_name=place.table.name,
        schema=place.table.schema,
        postgresql_concurrently=True,
    )
    return outside_transaction(create, drop)
