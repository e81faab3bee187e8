"""Rows are moved and nothing proves that all arrived.

## What it does
Finds revisions that copy rows with amounts of money into another table by INSERT ... SELECT and remove their source
(DROP TABLE, DROP COLUMN, DELETE, TRUNCATE), without a statement in between that reads both tables.

## Why it matters
A join that loses rows, a filter that forgets NULL or a narrower type changes the sum, and with the source gone nobody
can tell. The rollback test compares rows and sums; it sees only the rows that it has.

## Instead
Compare count and sum of both tables in the revision, and fail where they differ; drop the source in a later revision.

## Standard
SOX 404 (completeness and accuracy); COSO, information processing controls. Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import Family, Hit, Need, check
from fingood.checks.alembic_code import execute
from fingood.checks.money_names import is_money
from fingood.checks.places import Place
from fingood.checks.subject import Subject
from fingood.model.action import Verb
from fingood.model.names import RelationName, quote_always
from fingood.model.severity import Severity

_REMOVES = (Verb.DROP_TABLE, Verb.DROP_COLUMN, Verb.DELETE, Verb.TRUNCATE)


@check(
    title="Nothing proves that all the money arrived",
    family=Family.MONEY,
    severity=Severity.WARNING,
    needs=(Need.PLAN, Need.FACTS),
)
def move_without_proof(subject: Subject) -> Iterator[Hit]:
    for copy in subject.places(Verb.INSERT):
        for source in copy.action.others:
            column = _money_of(subject, source)
            gone = _removal(subject, copy, source)
            if not column or gone is None or _compared(subject, copy, gone, source):
                continue
            total = f"count(*), sum({quote_always(column)})"
            yield Hit(
                message=f"Rows of {source} are copied to {copy.table}, and their source is removed.",
                effect="Whether every row and every amount arrived cannot be told afterwards.",
                remedy=f"# before the source is removed; {column} under its name in {copy.table.name}\n"
                f"bind = op.get_bind()\n"
                f"before = bind.exec_driver_sql({_text(f'SELECT {total} FROM {source.sql}')}).one()\n"
                f"after = bind.exec_driver_sql({_text(f'SELECT {total} FROM {copy.table.sql}')}).one()\n"
                'if before != after:\n    raise RuntimeError(f"{before} rows and amounts became {after}")',
                place=copy,
                table=source,
                subject=f"{source} → {copy.table}",
                severity=Severity.WARNING,
            )


def _text(sql: str) -> str:
    return execute(sql).removeprefix("op.execute(").removesuffix(")")


def _money_of(subject: Subject, source: RelationName) -> str:
    known = subject.table(source)
    return next((name for name in (known.columns if known else ()) if is_money(name, subject.money)), "")


def _removal(subject: Subject, copy: Place, source: RelationName) -> Place | None:
    full = source.within(subject.schema)
    return next(
        (
            place
            for place in subject.places(*_REMOVES)
            if place.statement.index > copy.statement.index and place.world.full(place.table) == full
        ),
        None,
    )


def _compared(subject: Subject, copy: Place, gone: Place, source: RelationName) -> bool:
    """Whether the tables are both read between the copy and the removal."""
    read = {
        other.within(subject.schema)
        for place in subject.places(Verb.SELECT)
        if copy.statement.index < place.statement.index < gone.statement.index
        for other in place.action.others
    }
    return {source.within(subject.schema), copy.world.full(copy.table)} <= read
