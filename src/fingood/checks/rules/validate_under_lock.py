"""VALIDATE CONSTRAINT after a statement that locks the table.

## What it does
Finds VALIDATE CONSTRAINT in a transaction in which an earlier statement has locked the table against writers: a new
column, a default, an index. Where that statement added a constraint, not-valid-and-validate-together says so.

## Why it matters
VALIDATE by itself lets others read and write. The earlier lock is held to the end of the transaction, so that every row
is read under it. All versions of PostgreSQL.

## Instead
VALIDATE alone in its revision, with transaction_per_migration=True.

## Manual
PostgreSQL, ALTER TABLE, VALIDATE CONSTRAINT; 13.3.1. Since fingood 0.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks._check import POSTGRESQL, Family, Hit, check
from fingood.checks.alembic_code import execute
from fingood.checks.places import Place
from fingood.checks.subject import Subject
from fingood.model.action import Lock, Verb
from fingood.model.names import quote_always
from fingood.model.severity import Severity
from fingood.statements.locks import locks_of


@check(
    title="VALIDATE runs under a lock of an earlier statement",
    family=Family.LOCK,
    severity=Severity.ERROR,
    dialects=POSTGRESQL,
)
def validate_under_lock(subject: Subject) -> Iterator[Hit]:
    before: list[Place] = []
    for place in subject.places():
        named = place.action.object
        if place.action.verb is not Verb.VALIDATE_CONSTRAINT or named is None:
            before.append(place)
            continue
        held = [lock for other in before for lock in _held(subject, other, place)]
        if not held or any(_adds(other, place) for other in before):
            continue
        mode = max((lock.mode for lock in held), key=list(type(held[0].mode)).index)
        yield Hit(
            message=f"{named} is validated while an earlier statement's {mode} on {place.table} is held.",
            effect=f"{mode} stays on {place.table} while VALIDATE reads every row.",
            remedy="# in a revision of its own, after this one\n"
            + execute(f"ALTER TABLE {place.table.sql} VALIDATE CONSTRAINT {quote_always(named.name)}"),
            place=place,
            table=place.table,
            subject=f"{place.table}.{named}",
        )


def _held(subject: Subject, other: Place, place: Place) -> list[Lock]:
    """The locks against writers on the table that the other statement still holds."""
    if other.statement.transaction is None or other.statement.transaction != place.statement.transaction:
        return []
    table = place.world.full(place.table)
    locks = locks_of((other.action,), subject.version or 170000)
    return [lock for lock in locks if lock.mode.blocks_writes and place.world.full(lock.relation) == table]


def _adds(other: Place, place: Place) -> bool:
    return (
        other.action.verb is Verb.ADD_CONSTRAINT
        and other.table == place.table
        and other.statement.transaction == place.statement.transaction
    )
