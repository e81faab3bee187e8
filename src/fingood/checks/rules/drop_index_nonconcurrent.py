"""DROP INDEX without CONCURRENTLY.

## What it does
Finds DROP INDEX, without CONCURRENTLY, of an index that existed before the revision.

## Why it matters
It takes ACCESS EXCLUSIVE on the table. The drop itself is quick, but it waits for every running query on the table, and
everybody who comes later waits behind it. All versions of PostgreSQL.

## Instead
`postgresql_concurrently=True` in an autocommit block.

## Manual
PostgreSQL, DROP INDEX, CONCURRENTLY; 13.3.1. Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import POSTGRESQL, Family, Hit, check
from fingood.checks.alembic_code import call, outside_transaction
from fingood.checks.subject import Subject
from fingood.checks.wording import held
from fingood.model.action import LockMode, Verb
from fingood.model.names import RelationName
from fingood.model.severity import Severity


@check(
    title="An index is dropped while everybody waits",
    family=Family.LOCK,
    severity=Severity.WARNING,
    dialects=POSTGRESQL,
)
def drop_index_nonconcurrent(subject: Subject) -> Iterator[Hit]:
    for place in subject.places(Verb.DROP_INDEX):
        index = place.action.object
        if place.action.concurrently or index is None or index.name in place.world.indexes:
            continue
        table = _table_of(subject, index)
        yield Hit(
            message=f"DROP INDEX {index} locks its table against everybody.",
            effect=held(LockMode.ACCESS_EXCLUSIVE, table or RelationName(None, "its table")),
            remedy=outside_transaction(
                call(
                    "op.drop_index",
                    index.name,
                    table_name=table.name if table else None,
                    schema=index.schema,
                    postgresql_concurrently=True,
                )
            ),
            place=place,
            table=table,
            subject=str(index),
        )


def _table_of(subject: Subject, index: RelationName) -> RelationName | None:
    wanted = index.within(subject.schema)
    tables = subject.facts.tables.values() if subject.facts else ()
    for table in tables:
        if table.name.schema == wanted.schema and any(one.name == wanted.name for one in table.indexes):
            return table.name if index.schema else RelationName(None, table.name.name)
    return None
