"""A data migration that copies or changes a big table in one transaction.

## What it does
Finds INSERT ... SELECT and CREATE TABLE AS from tables of more than a million rows, and UPDATE and DELETE with a
condition on them, in one transaction. It needs the target's sizes.

## Why it matters
Row locks, the snapshot and the WAL of the whole change last until the end: autovacuum removes nothing in the
meantime, replicas fall behind, and a failure after an hour means another hour.

## Instead
Batches in the order of the key, each committed on its own, so that a second run goes on where the first one stopped.

## Manual
PostgreSQL, 13.3.2, 24.1 and 26.2. Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import Family, Hit, Need, check
from fingood.checks.places import Place
from fingood.checks.subject import Subject
from fingood.model.action import Verb
from fingood.model.names import RelationName
from fingood.model.severity import Confidence, Severity

_BIG = 1_000_000


@check(
    title="A big table is worked through in one transaction",
    family=Family.LOCK,
    severity=Severity.WARNING,
    needs=(Need.PLAN, Need.TARGET),
)
def data_migration_unbatched(subject: Subject) -> Iterator[Hit]:
    for place in subject.places(Verb.INSERT, Verb.CREATE_TABLE_AS, Verb.UPDATE, Verb.DELETE, Verb.MERGE):
        if place.statement.autocommit:
            continue
        table = next((name for name in _worked_on(place) if (subject.rows(name) or 0) >= _BIG), None)
        if table is None or place.world.has_new(table):
            continue
        bounded = place.action.verb in (Verb.UPDATE, Verb.DELETE)
        yield Hit(
            message=f"{place.action.verb.value.upper()} works on {table} in one transaction"
            + (", as far as its condition reaches." if bounded else "."),
            effect="Locks, WAL and the snapshot last until the end, and a failure starts it all over.",
            remedy=_remedy(table),
            place=place,
            table=table,
            severity=Severity.INFO if bounded else Severity.WARNING,
            confidence=Confidence.POSSIBLE if bounded else Confidence.PARSED,
        )


def _worked_on(place: Place) -> tuple[RelationName, ...]:
    """The tables read or written row by row; UPDATE and DELETE of all rows are the concern of bulk-dml."""
    action = place.action
    if action.verb in (Verb.UPDATE, Verb.DELETE) and action.relation:
        return (action.relation,) if action.where or action.others else ()
    return action.others


def _remedy(table: RelationName) -> str:
    return "\n".join(
        (
            "with op.get_context().autocommit_block():",
            "    last = 0",
            "    while last is not None:",
            "        last = op.get_bind().scalar(sa.text(",
            f"            'WITH batch AS (SELECT id FROM {table.sql} WHERE id > :last ORDER BY id LIMIT 10000) '",
            "            'SELECT max(id) FROM batch'  # with the change of this batch",
            "        ), {'last': last})",
        )
    )
