"""Long work while a table is locked against everybody.

## What it does
Finds transactions that take ACCESS EXCLUSIVE on a table that existed before and then do work that takes as long as
there are rows: UPDATE, DELETE, MERGE, INSERT ... SELECT and CREATE TABLE AS of tables that existed before. Index builds
have a check of their own.

## Why it matters
ALTER TABLE itself takes milliseconds, but its lock is held to the end of the transaction: nobody reads the table
while the rest goes on. All versions of PostgreSQL.

## Instead
Two revisions: the schema first, the data after it.

## Manual
PostgreSQL, 13.3.1. Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import POSTGRESQL, Family, Hit, check
from fingood.checks.places import Place
from fingood.checks.subject import SMALL_TABLE, Subject
from fingood.model.action import LockMode, Verb
from fingood.model.severity import Severity
from fingood.statements.locks import locks_of

_LONG = (Verb.UPDATE, Verb.DELETE, Verb.MERGE, Verb.INSERT, Verb.CREATE_TABLE_AS)
_OF_ROWS = (Verb.UPDATE, Verb.DELETE, Verb.MERGE)


@check(
    title="Data is worked on while a table is locked against everybody",
    family=Family.LOCK,
    severity=Severity.WARNING,
    dialects=POSTGRESQL,
)
def work_under_exclusive_lock(subject: Subject) -> Iterator[Hit]:
    locked: dict[int, Place] = {}
    told: set[int] = set()
    for place in subject.places():
        transaction = place.statement.transaction
        if transaction is None:
            continue
        first = locked.get(transaction)
        if first is not None and transaction not in told and _takes_long(subject, place):
            told.add(transaction)
            yield Hit(
                message=f"{place.action.verb.value.upper()} on {place.table} runs while {first.table} is locked "
                f"by {first.action.verb.value.upper()}.",
                effect=f"ACCESS EXCLUSIVE on {first.table}: nobody reads or writes it until all of this is done.",
                remedy="# this statement in a revision of its own, after this one",
                place=place,
                table=first.table,
            )
        if first is None and _locks(subject, place):
            locked[transaction] = place


def _locks(subject: Subject, place: Place) -> bool:
    """Whether the action locks a table that existed before against everybody."""
    if place.action.relation is None or place.new:
        return False
    if subject.facts is not None and subject.table(place.table) is None:
        return False
    modes = {lock.relation: lock.mode for lock in locks_of((place.action,), subject.version or 170000)}
    return modes.get(place.table) is LockMode.ACCESS_EXCLUSIVE


def _takes_long(subject: Subject, place: Place) -> bool:
    """Whether the work grows with a table that existed before; what is known to be small does not count."""
    action = place.action
    if action.verb not in _LONG or action.relation is None or place.statement.executions > 1:
        return False
    tables = [action.relation] if action.verb in _OF_ROWS else list(action.others)
    tables = [name for name in tables if not place.world.has_new(name)]
    rows = [subject.rows(name) for name in tables]
    return any(count is None or count >= SMALL_TABLE for count in rows)
