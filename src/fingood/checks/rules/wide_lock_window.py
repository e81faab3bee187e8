"""ACCESS EXCLUSIVE on several tables in one transaction.

## What it does
Finds transactions that lock two or more tables that existed before with ACCESS EXCLUSIVE.

## Why it matters
The first table stays locked while the revision waits for the second; sessions that take them in the other order run
into a deadlock, and one of the two is killed.

## Instead
One revision a table, with transaction_per_migration=True.

## Manual
PostgreSQL, 13.3.4. Since fingood 0.1.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from fingood.checks._check import POSTGRESQL, Family, Hit, check
from fingood.checks.places import Place
from fingood.checks.subject import Subject
from fingood.model.action import LockMode, Verb
from fingood.model.names import RelationName
from fingood.model.severity import Severity
from fingood.statements.locks import locks_of


@check(
    title="Several tables are locked at once",
    family=Family.LOCK,
    severity=Severity.WARNING,
    dialects=POSTGRESQL,
)
def wide_lock_window(subject: Subject) -> Iterator[Hit]:
    windows: defaultdict[int, dict[RelationName, Place]] = defaultdict(dict)
    for place in subject.places():
        if place.statement.transaction is None:
            continue
        for table in _locked(subject, place):
            windows[place.statement.transaction].setdefault(table, place)
    for tables in windows.values():
        if len(tables) < 2:
            continue
        names = ", ".join(str(table) for table in tables)
        yield Hit(
            message=f"One transaction locks {len(tables)} tables against everybody: {names}.",
            effect="The first stays locked while the revision waits for the last, and a deadlock is possible.",
            remedy="# one revision for each table, and transaction_per_migration=True in env.py",
            place=list(tables.values())[-1],
            subject=names,
        )


def _locked(subject: Subject, place: Place) -> list[RelationName]:
    """The tables that existed before and that the action locks against everybody."""
    locks = locks_of((place.action,), subject.version or 170000)
    names = [lock.relation for lock in locks if lock.mode is LockMode.ACCESS_EXCLUSIVE]
    if place.action.verb in (Verb.ATTACH_PARTITION, Verb.DETACH_PARTITION):
        names = names[:1]
    known = [name.within(subject.schema) for name in names if name != place.action.object]
    return [name for name in known if not place.world.has_new(name) and _is_table(subject, name)]


def _is_table(subject: Subject, name: RelationName) -> bool:
    return subject.facts is None or subject.table(name) is not None
