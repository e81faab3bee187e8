"""What a plan wants from tables that are in the live database: the locks it takes, and the tables it touches."""

from __future__ import annotations

from collections.abc import Iterator

from fingood.checks.places import VERSION_TABLE, Place
from fingood.checks.subject import Subject
from fingood.model.action import LockMode, Verb
from fingood.model.finding import Location
from fingood.model.live import LiveFacts, LiveTable
from fingood.model.names import RelationName
from fingood.model.plan import Statement
from fingood.statements.locks import ON_RELATION

_NO_OWNER = {
    Verb.INSERT,
    Verb.UPDATE,
    Verb.DELETE,
    Verb.MERGE,
    Verb.TRUNCATE,
    Verb.VACUUM,
    Verb.ANALYZE,
    Verb.REINDEX,
    Verb.REFRESH_MATVIEW,
    Verb.CREATE_TRIGGER,
}
NEEDS_OWNER = (*(verb for verb in ON_RELATION if verb not in _NO_OWNER), Verb.ADD_CONSTRAINT)
"""Verbs that only the table's owner may use; the others have a privilege of their own (manual, 5.8)."""


def live_facts(subject: Subject) -> LiveFacts:
    """The look at the live database; only for checks that need it."""
    assert subject.live is not None
    return subject.live


def wanted_locks(subject: Subject) -> Iterator[tuple[LiveTable, LockMode, Statement]]:
    """Each table and mode that the upgrade locks, with the first statement that does, as far as the table is there."""
    live, seen = live_facts(subject), set()
    for statement in subject.upgrade.statements if subject.upgrade else ():
        for lock in statement.locks:
            table = live.table(lock.relation)
            if table is None or table.name.name == VERSION_TABLE or (table.name, lock.mode) in seen:
                continue
            seen.add((table.name, lock.mode))
            yield table, lock.mode, statement


def touched(subject: Subject, *verbs: Verb) -> Iterator[tuple[LiveTable, Place]]:
    """The upgrade's actions on tables that are in the live database."""
    live = live_facts(subject)
    for place in subject.places(*verbs):
        table = live.table(place.action.relation) if place.action.relation else None
        if table is not None and not place.world.has_new(table.name):
            yield table, place


def touched_tables(subject: Subject) -> dict[RelationName, Location | None]:
    """Every table of the live database that the upgrade locks or names, with where it does so first."""
    found: dict[RelationName, Location | None] = {}
    for table, _, statement in wanted_locks(subject):
        found.setdefault(table.name, statement.location)
    for table, place in touched(subject):
        found.setdefault(table.name, place.statement.location)
    return found


def age(seconds: float) -> str:
    """``42 s``, ``12 min``, ``3 h``, ``2 days``."""
    for limit, size, unit in ((120, 1, "s"), (7200, 60, "min"), (172_800, 3600, "h")):
        if seconds < limit:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds / 86400:.0f} days"
