"""A table that is replicated to subscribers changes its shape.

## What it does
Finds changes of tables that a publication sends: columns, types, primary keys, replica identity, dropped tables.

## Why it matters
Logical replication does not carry DDL. The subscriber stops at the first row that does not fit, the slot keeps WAL, and
the change feed of the ledger stands still. Without a primary key or replica identity, UPDATE and DELETE fail on the
publisher itself.

## Instead
Additive changes on the subscriber first; what drops or changes type, with the subscription paused and both sides
changed together.

## Manual
PostgreSQL, 29.8 "Restrictions"; 29.1.1 "Replica Identity". Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import POSTGRESQL, Family, Hit, Need, check
from fingood.checks.live_tables import live_facts, touched
from fingood.checks.places import Place
from fingood.checks.subject import Subject
from fingood.model.action import Verb
from fingood.model.live import Look
from fingood.model.severity import Confidence, Severity

_BREAKING = {
    Verb.DROP_TABLE: "Subscribers keep their copy and get nothing more.",
    Verb.RENAME_TABLE: "Subscribers look for the old name and stop.",
    Verb.SET_SCHEMA: "Subscribers look for the old name and stop.",
    Verb.DROP_COLUMN: "Subscribers get rows without it: a NOT NULL column there stops them.",
    Verb.RENAME_COLUMN: "Subscribers look for a column that they do not have and stop.",
    Verb.ALTER_TYPE: "Subscribers stop at the first value that their type does not take.",
    Verb.REPLICA_IDENTITY: "Subscribers look for rows by another key than they were built on.",
}
_KEY = "UPDATE and DELETE on the table fail until it has a replica identity again (SQLSTATE 55000)."


@check(
    title="A table that is replicated to subscribers changes its shape",
    family=Family.LIVE,
    severity=Severity.ERROR,
    needs=(Need.PLAN, Need.LIVE),
    dialects=POSTGRESQL,
    looks=(Look.PUBLICATIONS, Look.TABLES),
)
def published_table(subject: Subject) -> Iterator[Hit]:
    published = live_facts(subject).published
    for table, place in touched(subject, *_BREAKING, Verb.ADD_COLUMN, Verb.DROP_CONSTRAINT):
        names = published.get(table.name, ())
        effect = _effect(subject, place)
        if names and effect:
            yield Hit(
                message=f"{place.action.verb.value.upper()} on {table.name}, which {', '.join(names)} publishes.",
                effect=effect,
                remedy="ALTER SUBSCRIPTION ... DISABLE;  -- on the subscriber; the same change there; then ENABLE",
                place=place,
                subject=str(table.name),
                severity=Severity.WARNING if place.action.verb is Verb.ADD_COLUMN else None,
                confidence=Confidence.OBSERVED,
            )


def _effect(subject: Subject, place: Place) -> str:
    if place.action.verb is Verb.ADD_COLUMN:
        return "Subscribers without the column stop at the first row: add it there first."
    if place.action.verb is not Verb.DROP_CONSTRAINT:
        return _BREAKING[place.action.verb]
    known, name = subject.table(place.action.relation), place.action.object
    kinds = {constraint.name: constraint.kind for constraint in known.constraints} if known else {}
    return _KEY if name is not None and kinds.get(name.name) == "primary key" else ""
