"""CREATE INDEX without CONCURRENTLY.

## What it does
Finds CREATE INDEX on a table that existed before the revision, without CONCURRENTLY. Unique ones have a check of their
own, unique-index-nonconcurrent.

## Why it matters
Building an index holds SHARE on the table for as long as the table is read and sorted: every INSERT, UPDATE and DELETE
waits. All versions of PostgreSQL.

## Instead
`postgresql_concurrently=True` in an autocommit block. On a partitioned table, where CONCURRENTLY does not exist: an
index ON ONLY the parent, one CONCURRENTLY on each partition, then ATTACH.

## Manual
PostgreSQL, CREATE INDEX, "Building Indexes Concurrently"; 13.3.1. Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import POSTGRESQL, Family, Hit, check
from fingood.checks.alembic_code import Code, call, execute, outside_transaction
from fingood.checks.places import Place
from fingood.checks.subject import Subject
from fingood.checks.wording import held
from fingood.model.action import LockMode, Verb
from fingood.model.names import quote_always
from fingood.model.severity import Severity


@check(
    title="An index is built while writers wait",
    family=Family.LOCK,
    severity=Severity.ERROR,
    dialects=POSTGRESQL,
)
def index_nonconcurrent(subject: Subject) -> Iterator[Hit]:
    for place in subject.places(Verb.CREATE_INDEX):
        if not blocks_writes(place) or (place.action.index and place.action.index.unique):
            continue
        yield Hit(
            message=f"CREATE INDEX blocks writes to {place.table} until the index is built.",
            effect=held(LockMode.SHARE, place.table, while_it="reads the whole table"),
            remedy=remedy_for(subject, place),
            place=place,
            table=place.table,
        )


def blocks_writes(place: Place) -> bool:
    return not place.action.concurrently and place.action.detail != "only"


def remedy_for(subject: Subject, place: Place) -> str:
    """The index without the wait."""
    known = subject.table(place.table)
    return on_partitions(place) if known and known.kind == "partitioned" else concurrently(place)


def concurrently(place: Place) -> str:
    """The index built beside the writers."""
    index = place.action.index
    assert index is not None
    return outside_transaction(
        call(
            "op.create_index",
            index.name or Code("None"),
            place.table.name,
            list(index.columns),
            schema=place.table.schema,
            unique=True if index.unique else None,
            postgresql_using=index.method if index.method != "btree" else None,
            postgresql_include=list(index.include) or None,
            postgresql_where=Code(call("sa.text", index.predicate)) if index.predicate else None,
            postgresql_concurrently=True,
        )
    )


def on_partitions(place: Place) -> str:
    """The parent's index as a shell, each partition's built on its own and attached."""
    index = place.action.index
    assert index is not None
    name = quote_always(index.name or f"ix_{place.table.name}")
    keys = ", ".join(index.columns)
    unique = "UNIQUE " if index.unique else ""
    return "\n".join(
        (
            execute(f"CREATE {unique}INDEX {name} ON ONLY {place.table.sql} USING {index.method} ({keys})"),
            "# then for each partition: op.create_index(..., postgresql_concurrently=True) in an autocommit block,",
            f"# and op.execute('ALTER INDEX {name} ATTACH PARTITION <index of the partition>')",
        )
    )
